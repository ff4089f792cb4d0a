import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberText } from './number-text.ts'

describe('numberText', () => {
  it('has six digits of what was measured, in the same width while it changes', () => {
    expect([5.063562240083686, 5.2, 5.194659830031512, 5.199999999].map(numberText)).toEqual([
      '5.06356',
      '5.2',
      '5.19466',
      '5.20000',
    ])
    expect([0.000123456789, 1.2828945683551751e-9, -0.051234567].map(numberText)).toEqual([
      '0.000123457',
      '1.28289e-9',
      '-0.0512346',
    ])
  })

  it('keeps whole numbers, and milliseconds of times', () => {
    expect([0, 100, -3, 2 ** 53, 1699999999.123456, -123527.22572167242].map(numberText)).toEqual([
      '0',
      '100',
      '-3',
      '9007199254740992',
      '1699999999.123',
      '-123527.226',
    ])
  })

  it('is the number, to six digits, and never longer than it is in full', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = numberText(value)
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-5)
        expect(text.length).toBeLessThanOrEqual(String(value).length)
      }),
    )
  })
})
