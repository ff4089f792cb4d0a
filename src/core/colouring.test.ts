import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COLORMAPS, type Colouring, colouringFor, colouringId, DEFAULT_COLOURING, type Levels } from './colouring.ts'

const number = fc.double({ noNaN: true, noDefaultInfinity: true })
const levels: fc.Arbitrary<Levels> = fc.oneof(
  fc.constant('auto' as const),
  fc.record({ min: number, max: number }),
  fc.tuple(number, number).map((percentiles) => ({ percentiles })),
)
const colouring: fc.Arbitrary<Colouring> = fc.record({
  colormap: fc.constantFrom(...COLORMAPS),
  levels,
  log: fc.boolean(),
})

describe('a colouring', () => {
  it('has the same id as another one exactly where they are equal', () => {
    fc.assert(
      fc.property(colouring, colouring, (one, other) => {
        expect(colouringId(one) === colouringId(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
        expect(colouringId(structuredClone(one))).toBe(colouringId(one))
      }),
    )
  })

  it('is what is asked for, and the rest as usual', () => {
    expect(colouringFor(undefined, DEFAULT_COLOURING)).toBe(DEFAULT_COLOURING)
    expect(colouringFor({ colormap: 'jet', levels: undefined }, DEFAULT_COLOURING)).toEqual({
      colormap: 'jet',
      levels: 'auto',
      log: false,
    })
    const usual: Colouring = { colormap: 'hot', levels: { min: 1, max: 2 }, log: true }
    expect(colouringFor({ log: false }, usual)).toEqual({ ...usual, log: false })
  })
})
