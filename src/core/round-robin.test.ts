import { describe, expect, it } from 'vitest'
import { RoundRobin, type Turn } from './round-robin.ts'

interface Named extends Turn {
  readonly name: string
  dueAt: number
}

function named(name: string, dueAt = 0): Named {
  return { name, turn: 0, place: 0, dueAt }
}

/** Serves the next item and adds it again. */
function serve(turns: RoundRobin<Named>, now = 0): string | number | undefined {
  const next = turns.next(now)
  if (typeof next !== 'object') return next
  turns.add(next)
  return next.name
}

describe('turns', () => {
  it('go round, whoever comes in between', () => {
    const turns = new RoundRobin<Named>()
    for (const name of ['a', 'b', 'c']) turns.add(named(name))
    const served = Array.from({ length: 3 }, () => serve(turns))
    expect(served.toSorted()).toEqual(['a', 'b', 'c'])
    turns.add(named('new'))
    expect(serve(turns)).toBe('new')
    expect(Array.from({ length: 3 }, () => serve(turns))).toEqual(served)
  })

  it('are passed over by who is not due, and the first time that somebody is, is told', () => {
    const turns = new RoundRobin<Named>()
    expect(turns.next(0)).toBeUndefined()
    turns.add(named('late', 30))
    turns.add(named('early', 20))
    expect(turns.next(10)).toBe(20)
    expect(serve(turns, 20)).toBe('early')
    expect(serve(turns, 30)).toBe('late')
  })

  it('are lost by who is removed, and by nobody else', () => {
    const turns = new RoundRobin<Named>()
    const items = ['a', 'b', 'c', 'd'].map((name) => named(name))
    for (const item of items) turns.add(item)
    for (const item of items) {
      turns.remove(item)
      const left = new Set<unknown>()
      for (let i = 0; i < turns.size; i++) left.add(serve(turns))
      const later = items.slice(items.indexOf(item) + 1)
      expect(left).toEqual(new Set(later.map(({ name }) => name)))
    }
    expect(turns.size).toBe(0)
  })
})
