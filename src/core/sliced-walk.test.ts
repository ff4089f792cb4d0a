import { expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { SlicedWalk } from './sliced-walk.ts'

/** A walk over numbers, each of which takes a millisecond to visit; `turn` is a turn of the event loop. */
function make(count: number) {
  const clock = new ManualClock()
  const items = new Set(Array.from({ length: count }, (_, i) => i))
  const next: (() => void)[] = []
  const visited: number[] = []
  const visit = (item: number) => {
    visited.push(item)
    clock.advance(1)
  }
  const walk = new SlicedWalk({ items, visit, clock, inNextTurn: (action) => next.push(action) })
  const turn = () => next.splice(0).forEach((action) => void action())
  return { walk, items, visited, turn, next }
}

it('visits few at once, and many in slices of some milliseconds', () => {
  const { walk, visited, turn, next } = make(10)
  walk.start()
  expect(visited).toEqual([0, 1, 2, 3])
  turn()
  expect(visited).toHaveLength(8)
  turn()
  expect(visited).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(next).toEqual([])
  const few = make(3)
  few.walk.start()
  expect([few.visited, few.next]).toEqual([[0, 1, 2], []])
})

it('visits all again after a walk during which it was started again, however often', () => {
  const { walk, visited, turn } = make(5)
  walk.start()
  walk.start()
  walk.start()
  for (let i = 0; i < 10; i++) turn()
  expect(visited).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
})

it('visits what is added meanwhile, and not what is removed or after it was stopped', () => {
  const { walk, items, visited, turn } = make(6)
  walk.start()
  items.delete(4)
  items.add(6)
  turn()
  expect(visited).toEqual([0, 1, 2, 3, 5, 6])
  walk.start()
  walk.stop()
  turn()
  expect(visited.slice(6)).toEqual([0, 1, 2, 3])
  walk.start()
  turn()
  expect(visited.slice(10)).toEqual([0, 1, 2, 3, 5, 6])
})
