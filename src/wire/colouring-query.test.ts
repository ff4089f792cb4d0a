import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COLORMAPS, levelsText } from '../core/colouring.ts'
import { Refusal } from '../core/errors.ts'
import { readColouring } from './colouring-query.ts'

describe('a wish for colours', () => {
  it('is none where nothing is said, and has what is said', () => {
    expect(readColouring({})).toBeUndefined()
    expect(readColouring({ colormap: 'jet' })).toEqual({ colormap: 'jet' })
    expect(readColouring({ log: 'false' })).toEqual({ log: false })
    expect(readColouring({ colormap: 'gray', levels: 'auto', log: true })).toEqual({
      colormap: 'gray',
      levels: 'auto',
      log: true,
    })
  })

  it.each([
    ['0,100', { min: 0, max: 100 }],
    ['-1.5e3,+2', { min: -1500, max: 2 }],
    ['.5,1.', { min: 0.5, max: 1 }],
    ['p1,p99', { percentiles: [1, 99] }],
    ['p0.5,p99.5', { percentiles: [0.5, 99.5] }],
    ['p0,p100', { percentiles: [0, 100] }],
  ])('may have levels %s', (levels, read) => {
    expect(readColouring({ levels })).toEqual({ levels: read })
  })

  it.each([
    '',
    'Auto',
    '1',
    '1,2,3',
    '1,',
    ',2',
    'p1,99',
    'p1,p101',
    'p-1,p50',
    'p,p',
    '0x10,0x20',
    'NaN,1',
    '-Infinity,Infinity',
    '1e400,2e400',
    '1 ,2',
    '1;2',
    `0,1${'0'.repeat(200)}`,
    '-1.7e308,1.7e308',
  ])('with the levels "%s" is refused', (levels) => {
    expect(() => readColouring({ levels })).toThrow(/^levels: must be auto, two numbers/)
  })

  it.each(['2,1', '1,1', 'p50,p50', 'p99,p1', '0,-0'])(
    'with the levels "%s", whose first is not below the second, is refused',
    (levels) => {
      expect(() => readColouring({ levels })).toThrow('levels: the first must be below the second')
    },
  )

  it('is refused where it is unknown, or has no logarithm', () => {
    expect(() => readColouring({ colormap: 'Viridis' })).toThrow(/^colormap: must be one of gray, viridis, /)
    expect(() => readColouring({ log: '1' })).toThrow('log: must be true or false')
    expect(() => readColouring({ levels: '0,10', log: true })).toThrow(/^levels: the smaller level must be above 0/)
  })

  it('is read as it is written', () => {
    const number = fc.double({ min: -1e308, max: 1e308, noNaN: true }).map((value) => value + 0)
    fc.assert(
      fc.property(number, number, fc.constantFrom(...COLORMAPS), (one, other, colormap) => {
        fc.pre(one !== other)
        const levels = { min: Math.min(one, other), max: Math.max(one, other) }
        fc.pre(Math.abs(levels.min) <= Number.MAX_VALUE / 2 && Math.abs(levels.max) <= Number.MAX_VALUE / 2)
        expect(readColouring({ colormap, levels: levelsText(levels) })).toEqual({ colormap, levels })
      }),
    )
  })

  it('is a sentence, whatever comes', () => {
    const text = fc.option(fc.oneof(fc.string(), fc.stringMatching(/^[p0-9.,e+-]*$/)), { nil: undefined })
    fc.assert(
      fc.property(text, text, text, (colormap, levels, log) => {
        try {
          readColouring({ colormap, levels, log })
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
        }
      }),
    )
  })
})
