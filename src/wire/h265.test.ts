import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { H265, h265SetId, h265Type, readH265Sequence } from './h265.ts'

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))

/** As x265 writes them. */
const MAIN = '420101016000000300900000030000030078a003c08010e5964a924caf016808000003000800000300c840'
const RANGE_EXTENSIONS = '4201010408000003009d0800000300005ab006b201e1d6d96565924caf016808000003000800000300c840'

describe('a sequence parameter set of H.265', () => {
  it('is read, cropped', () => {
    expect(h265Type(0x42)).toBe(H265.sps)
    expect(readH265Sequence(bytes(MAIN))).toEqual({ id: 0, size: { width: 1920, height: 1080 }, reordered: 0 })
    expect(readH265Sequence(bytes(RANGE_EXTENSIONS))).toEqual({
      id: 0,
      size: { width: 854, height: 480 },
      reordered: expect.any(Number),
    })
  })

  it('is read or undefined, whatever the bytes', () => {
    const damaged = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc
        .tuple(fc.constantFrom(MAIN, RANGE_EXTENSIONS), fc.nat(40), fc.nat(255))
        .map(([hex, at, byte]) => bytes(hex).with(at, byte)),
    )
    fc.assert(
      fc.property(damaged, (nal) => {
        const size = readH265Sequence(nal)?.size
        expect(size === undefined || (size.width > 0 && size.height > 0)).toBe(true)
      }),
    )
  })
})

it('the numbers of the other parameter sets are read', () => {
  expect(h265SetId(bytes('40010c01ffff01600000'))).toBe(0)
  expect(h265SetId(bytes('4401c172b46240'))).toBe(0)
  expect(h265SetId(bytes('4401'))).toBeUndefined()
})
