import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { H264, h264PictureSetId, h264Type, hasH264RecoveryPoint, isH264Intra, readH264Sequence } from './h264.ts'

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))

/** As x264 writes them. */
const SEQUENCES = {
  'High, with B-frames, cropped to 1080 rows': [
    '67640028acd940780227e5c044000003000400000300c83c60c658',
    { id: 0, size: { width: 1920, height: 1080 }, reordered: 2 },
  ],
  Baseline: [
    '6742c01ed900a02ff97011000003000100000300320f162e48',
    { id: 0, size: { width: 640, height: 360 }, reordered: 0 },
  ],
  interlaced: [
    '6764001eacd940b424d8088000000300800000190f8a14cb',
    { id: 0, size: { width: 720, height: 576 }, reordered: 2 },
  ],
  '4:4:4, cropped by odd numbers': [
    '67f4000a919b28a4f171f808800000030080000019078912cb',
    { id: 0, size: { width: 70, height: 50 }, reordered: 2 },
  ],
  '4:2:2 with scaling lists and buffering': [
    '677a000abcd945279a3f011000000300100000030326020061a00186a930c01e244b2c',
    { id: 0, size: { width: 70, height: 50 }, reordered: 2 },
  ],
} as const

describe('a sequence parameter set of H.264', () => {
  it.each(Object.entries(SEQUENCES))('is read: %s', (_name, [hex, sequence]) => {
    expect(h264Type(bytes(hex)[0] ?? 0)).toBe(H264.sps)
    expect(readH264Sequence(bytes(hex))).toEqual(sequence)
  })

  it('is undefined where it is cut before it says how large the pictures are', () => {
    expect(readH264Sequence(bytes('6742c01ed900'))).toBeUndefined()
  })

  it('is read or undefined, whatever the bytes', () => {
    const damaged = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc
        .tuple(fc.constantFrom(...Object.values(SEQUENCES)), fc.nat(40), fc.nat(255))
        .map(([[hex], at, byte]) => bytes(hex).with(at % (hex.length / 2), byte)),
    )
    fc.assert(
      fc.property(damaged, (nal) => {
        const size = readH264Sequence(nal)?.size
        expect(size === undefined || (size.width > 0 && size.height > 0)).toBe(true)
      }),
    )
  })
})

it('the number of a picture parameter set is read', () => {
  expect(h264PictureSetId(bytes('68ebe3cb22c0'))).toBe(0)
  expect(h264PictureSetId(bytes('685be3'))).toBe(1)
  expect(h264PictureSetId(bytes('68'))).toBeUndefined()
})

it('a slice is intra-coded or not', () => {
  // first_mb_in_slice 0, slice_type 7 (I): 1 0001000; 5 (P): 1 00110.
  expect(isH264Intra(bytes('4188ff'))).toBe(true)
  expect(isH264Intra(bytes('419aff'))).toBe(false)
  expect(isH264Intra(bytes('41'))).toBe(false)
})

it('a recovery point is found among other information', () => {
  expect(hasH264RecoveryPoint(bytes('060601c480'))).toBe(true)
  expect(hasH264RecoveryPoint(bytes('0605021111060 1c480'.replace(' ', '')))).toBe(true)
  expect(hasH264RecoveryPoint(bytes('06050206c480'))).toBe(false)
  fc.assert(fc.property(fc.uint8Array(), (nal) => typeof hasH264RecoveryPoint(nal) === 'boolean'))
})
