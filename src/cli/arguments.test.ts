import { describe, expect, it } from 'vitest'
import { readArguments } from './arguments.ts'

const OWN = new Map([
  ['label', 'value'],
  ['loop', 'switch'],
] as const)

describe('an option whose value was forgotten', () => {
  it.each([[['--label']], [['--label', '--loop', 'folder']]])('is refused: %j', (argv) => {
    expect(() => readArguments(argv, OWN)).toThrow('The option --label needs a value after it.')
  })

  it('may have a value that looks like an option if an equals sign says so', () => {
    const { options, words } = readArguments(['--label=--loop', 'folder'], OWN)
    expect([...options]).toEqual([['label', '--loop']])
    expect(words).toEqual(['folder'])
  })
})
