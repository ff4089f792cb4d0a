import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SlidingList } from './sliding-list.ts'

it('is an array to all who look at it, whatever is added and removed', () => {
  const removals = fc.array(fc.oneof(fc.constant('add'), fc.nat(5)), { maxLength: 200 })
  fc.assert(
    fc.property(removals, (steps) => {
      const list = new SlidingList<number>()
      const array: number[] = []
      for (const [i, step] of steps.entries()) {
        if (typeof step === 'string') {
          list.push(i)
          array.push(i)
        } else expect(list.removeAt(step)).toBe(array.splice(step, 1)[0])
      }
      expect([...list]).toEqual(array)
      expect([list.length, list.at(0), list.at(array.length - 1), list.at(-1), list.at(array.length)]).toEqual([
        array.length,
        array[0],
        array.at(-1),
        undefined,
        undefined,
      ])
    }),
  )
})

it('keeps no place for thousands that are dropped at the beginning', () => {
  const list = new SlidingList<number>()
  for (let i = 0; i < 10_000; i++) {
    list.push(i)
    if (i >= 10) expect(list.removeAt(0)).toBe(i - 10)
  }
  expect([...list]).toEqual([9990, 9991, 9992, 9993, 9994, 9995, 9996, 9997, 9998, 9999])
})
