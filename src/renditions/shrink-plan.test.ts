import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Size } from '../core/payload.ts'
import { shrinkPlan } from './shrink-plan.ts'

test('halves are made of halves, and of what is wanted anyway', () => {
  const plan = shrinkPlan(size(1280, 720), [size(320, 180), size(640, 360)])
  expect(plan.steps).toEqual([
    { ...size(640, 360), from: 0, isHalf: true },
    { ...size(320, 180), from: 1, isHalf: true },
  ])
  expect(plan.results).toEqual([2, 1])
})

test('a third is made of the half, which leaves enough to be shrunk', () => {
  expect(shrinkPlan(size(1920, 1080), [size(640, 360)]).steps).toEqual([
    { ...size(960, 540), from: 0, isHalf: true },
    { ...size(640, 360), from: 1, isHalf: false },
  ])
})

test('a picture that is a little smaller is made of the original', () => {
  expect(shrinkPlan(size(1000, 600), [size(640, 384), size(500, 301)]).steps).toEqual([
    { ...size(640, 384), from: 0, isHalf: false },
    { ...size(500, 301), from: 0, isHalf: false },
  ])
})

test('the size of the original is the original, and equal sizes are made once', () => {
  const plan = shrinkPlan(size(640, 360), [size(640, 360), size(100, 50), size(100, 50)])
  expect(plan.results).toEqual([0, plan.results[1], plan.results[1]])
})

test('every result has the size that was asked for, and is made of what is at least as large', () => {
  const side = fc.integer({ min: 1, max: 3000 })
  const sizes = fc.array(fc.record({ width: side, height: side }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(sizes, (wanted) => {
      const original = size(
        Math.max(...wanted.map(({ width }) => width)),
        Math.max(...wanted.map(({ height }) => height)),
      )
      const { pictures, steps, results } = shrinkPlan(original, wanted)
      expect(results.map((result) => pictures[result])).toEqual(wanted)
      for (const { width, height, from, isHalf } of steps) {
        const source = pictures[from] ?? size(0, 0)
        expect(source.width >= width && source.height >= height).toBe(true)
        if (isHalf) expect(source).toEqual(size(2 * width, 2 * height))
      }
    }),
  )
})

function size(width: number, height: number): Size {
  return { width, height }
}
