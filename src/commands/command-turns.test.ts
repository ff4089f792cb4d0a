import { expect, it } from 'vitest'
import { CommandTurns } from './command-turns.ts'

/** Turns, and what has begun in them. */
function make(max: number, share: number) {
  const turns = new CommandTurns({ max, share })
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const run = (client: string, name: string, signal = new AbortController().signal) =>
    turns.run(client, signal, () => {
      begun.push(name)
      return new Promise<void>((resolve) => ends.set(name, resolve))
    })
  const end = async (name: string) => {
    ends.get(name)?.()
    await new Promise(setImmediate)
  }
  return { begun, run, end }
}

it('so many run at once, and clients take turns, each with its share', async () => {
  const { begun, run, end } = make(3, 2)
  for (const name of ['a1', 'a2', 'a3', 'a4']) void run('a', name)
  for (const name of ['b1', 'b2']) void run('b', name)
  await new Promise(setImmediate)
  expect(begun).toEqual(['a1', 'a2', 'b1'])
  await end('b1')
  expect(begun.slice(3)).toEqual(['b2'])
  await end('a1')
  expect(begun.slice(4)).toEqual(['a3'])
  await end('a3')
  expect(begun.slice(5)).toEqual(['a4'])
})

it('whoever gives up while waiting has no turn, and takes none from others', async () => {
  const { begun, run, end } = make(1, 1)
  void run('a', 'a1')
  const left = new AbortController()
  const given = run('b', 'b1', left.signal)
  void run('c', 'c1')
  left.abort(new Error('too late'))
  await expect(given).rejects.toThrow('too late')
  await expect(run('b', 'b2', left.signal)).rejects.toThrow('too late')
  await end('a1')
  expect(begun).toEqual(['a1', 'c1'])
})
