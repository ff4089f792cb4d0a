import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { colouringFields, readColouring } from '../../../src/wire/colouring-query.ts'
import { rangeToBeginWith, readLevelDraft } from './level-draft.ts'

const read = (low: string, high: string, kind: 'range' | 'percentiles' = 'range', log = false) =>
  readLevelDraft([low, high], { kind, log })

describe('levels that are typed', () => {
  it('are numbers in any usual form', () => {
    expect(read(' 0 ', '1.5e3')).toEqual({ levels: { min: 0, max: 1500 } })
    expect(read('\u22125', '-1')).toEqual({ levels: { min: -5, max: -1 } })
    expect(read('\u22122e\u22123', '0.5')).toEqual({ levels: { min: -0.002, max: 0.5 } })
    expect(read('1', '99.5', 'percentiles')).toEqual({ levels: { percentiles: [1, 99.5] } })
  })

  it.each([
    ['', '1', 'noNumber'],
    ['0', '1 000', 'noNumber'],
    ['0', '1e400', 'noNumber'],
    ['2', '1', 'wrongOrder'],
    ['1', '1', 'wrongOrder'],
  ] as const)('are refused if nothing can be drawn with them: %j, %j', (low, high, problem) => {
    expect(read(low, high)).toEqual({ problem })
  })

  it('are percentiles from 0 to 100, and above 0 on a logarithmic scale', () => {
    expect(read('-1', '50', 'percentiles')).toEqual({ problem: 'noPercentile' })
    expect(read('1', '101', 'percentiles')).toEqual({ problem: 'noPercentile' })
    expect(read('0', '5', 'range', true)).toEqual({ problem: 'atZero' })
    expect(read('0', '5', 'percentiles', true)).toEqual({ levels: { percentiles: [0, 5] } })
  })

  it('are taken by the server if they are taken here', () => {
    const level = fc.oneof(fc.double(), fc.integer()).map(String)
    fc.assert(
      fc.property(level, level, fc.constantFrom('range', 'percentiles'), fc.boolean(), (low, high, kind, log) => {
        const draft = read(low, high, kind, log)
        if ('levels' in draft) expect(readColouring(colouringFields({ ...draft, log }))).toEqual({ ...draft, log })
      }),
    )
  })
})

describe('levels to begin with', () => {
  const from = (min: number, max: number, log = false) =>
    rangeToBeginWith({ colormap: 'gray', levels: { min, max }, log })

  it('are those of the picture, in few digits', () => {
    expect(from(0.123456789, 1234.56789)).toEqual({ min: 0.123457, max: 1234.57 })
    expect(from(1000000.1, 1000000.2)).toEqual({ min: 1000000.1, max: 1000000.2 })
  })

  it('can be asked for, whatever the picture has', () => {
    const value = fc.oneof(fc.double({ min: -1e300, max: 1e300, noNaN: true }), fc.constantFrom(0, 1))
    fc.assert(
      fc.property(value, value, fc.boolean(), (a, b, log) => {
        const levels = from(Math.min(a, b), Math.max(a, b), log)
        expect(levels.min).toBeLessThan(levels.max)
        expect(readColouring(colouringFields({ levels, log }))).toBeDefined()
      }),
    )
  })
})
