import { describe, expect, it } from 'vitest'
import { type OptionKind, parseCommandLine } from './command-line.ts'

const KINDS = new Map<string, OptionKind>([
  ['port', 'value'],
  ['streams.ring_frames', 'value'],
  ['demo.start', 'optional'],
  ['loop', 'switch'],
])

function parse(...argv: string[]) {
  return parseCommandLine(argv, (name) => KINDS.get(name))
}

const word = (text: string) => ({ kind: 'word', text })
const option = (typed: string, name: string, value?: string, isInline = false) => ({
  kind: 'option',
  name,
  typed,
  value,
  isInline,
})
const inline = (typed: string, name: string, value: string) => option(typed, name, value, true)
const unknown = (typed: string, name: string) => ({ kind: 'unknown', name, typed })

describe('a command line', () => {
  it('has values behind a space or an equals sign, whatever they look like', () => {
    expect(parse('--port', '1', '--port=2')).toEqual([option('--port', 'port', '1'), inline('--port', 'port', '2')])
    expect(parse('--port', '-5', '--port', '--loop')).toEqual([
      option('--port', 'port', '-5'),
      option('--port', 'port', '--loop'),
    ])
    expect(parse('--port=a=b=', '--port', '')).toEqual([inline('--port', 'port', 'a=b='), option('--port', 'port', '')])
    expect(parse('--port')).toEqual([option('--port', 'port')])
  })

  it('has hyphens where names have underscores, also here and there', () => {
    for (const typed of ['--streams.ring_frames', '--streams.ring-frames'])
      expect(parse(typed, '7')).toEqual([option(typed, 'streams.ring_frames', '7')])
  })

  it('has letters for some names', () => {
    expect(parse('-P', '0')).toEqual([option('-P', 'port', '0')])
    expect(parse('-P=0')).toEqual([inline('-P', 'port', '0')])
    expect(parse('-P')).toEqual([option('-P', 'port')])
  })

  it('gives the word behind it to what may have a value, and none to a switch', () => {
    expect(parse('--demo.start', 'no', '--demo.start', '--loop', 'a', '--demo.start', '-')).toEqual([
      option('--demo.start', 'demo.start', 'no'),
      option('--demo.start', 'demo.start'),
      option('--loop', 'loop'),
      word('a'),
      option('--demo.start', 'demo.start'),
      word('-'),
    ])
    expect(parse('--demo.start=no', '--loop=no')).toEqual([
      inline('--demo.start', 'demo.start', 'no'),
      inline('--loop', 'loop', 'no'),
    ])
  })

  it('has nothing but words behind --', () => {
    expect(parse('a', '--demo.start', '--', '--port', '-P', '--')).toEqual([
      word('a'),
      option('--demo.start', 'demo.start'),
      word('--port'),
      word('-P'),
      word('--'),
    ])
  })

  it('tells what is not known once, and leaves out its value', () => {
    expect(parse('--prot', '80', 'a')).toEqual([unknown('--prot', 'prot'), word('a')])
    expect(parse('--no-such=80', 'a')).toEqual([unknown('--no-such', 'no_such'), word('a')])
    expect(parse('-x', '--loop')).toEqual([unknown('-x', 'x'), option('--loop', 'loop')])
    expect(parse('--constructor', '--__proto__')).toEqual([
      unknown('--constructor', 'constructor'),
      unknown('--__proto__', '__proto__'),
    ])
  })

  it('has no letters together, and no value glued to one', () => {
    expect(parse('-port', '80', 'a')).toEqual([unknown('-port', 'port'), word('a')])
    expect(parse('-port=80', '-P80')).toEqual([unknown('-port', 'port'), unknown('-P80', 'P80')])
  })

  it('may be empty', () => expect(parse()).toEqual([]))
})
