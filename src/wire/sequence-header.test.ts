import fc from 'fast-check'
import { expect, it } from 'vitest'
import { VIDEO_CODECS } from '../core/video.ts'
import { sequenceHeader, sequenceSize } from './sequence-header.ts'

const of = (codec: Parameters<typeof sequenceHeader>[0], bytes: readonly number[]) => {
  const header = sequenceHeader(codec, Uint8Array.from(bytes))
  return header && [...header]
}

it('the sequence header of a key frame is found among its other units', () => {
  expect(of('h264', [0, 0, 0, 1, 9, 16, 0, 0, 0, 1, 0x67, 66, 30, 0, 0, 0, 1, 0x68, 1, 0, 0, 1, 0x65])).toEqual([
    0x67, 66, 30,
  ])
  expect(of('h265', [0, 0, 1, 0x40, 1, 0, 0, 1, 0x42, 1, 5, 6, 0, 0, 1, 0x26])).toEqual([0x42, 1, 5, 6])
  expect(of('mpeg2', [0, 0, 1, 0xb3, 0x14, 0, 0xf0, 0x13, 99, 98])).toEqual([0xb3, 0x14, 0, 0xf0, 0x13])
  expect(of('mpeg4', [0, 0, 1, 0xb0, 1, 0, 0, 1, 0x20, 7, 8, 0, 0, 1, 0xb6])).toEqual([0x20, 7, 8])
  expect(of('mjpeg', [0xff, 0xd8, 0xff, 0xe0, 0, 3, 9, 0xff, 0xc0, 0, 17, 8, 1, 0x68, 2, 0x80, 3, 1])).toEqual([
    8, 1, 0x68, 2, 0x80, 3,
  ])
  expect(of('vp8', [0, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0x68, 1, 0])).toEqual([0x80, 2, 0x68, 1])
})

it('a key frame without one has none', () => {
  expect(of('h264', [0, 0, 0, 1, 0x65, 1, 2])).toBeUndefined()
  expect(of('vp8', [0, 0, 0])).toBeUndefined()
  expect(of('mjpeg', [0xff, 0xd8, 0xff, 0xe0, 0, 2])).toBeUndefined()
  expect(of('av1', [0, 0, 1])).toBeUndefined()
})

it('any bytes have one or none', () => {
  const bytes = fc.array(fc.constantFrom(0, 0, 0, 1, 0x67, 0x42, 0xb3, 0x20), { maxLength: 60 })
  fc.assert(
    fc.property(fc.constantFrom(...VIDEO_CODECS), bytes, (codec, each) => {
      const header = of(codec, each)
      if (header) expect(header.length).toBeLessThanOrEqual(each.length)
    }),
  )
})

it('its size is read where it is said plainly', () => {
  const size = (codec: Parameters<typeof sequenceSize>[0], bytes: readonly number[]) =>
    sequenceSize(codec, Uint8Array.from(bytes))
  expect(size('mpeg2', [0xb3, 0x14, 0, 0xf0, 0x13])).toEqual({ width: 320, height: 240 })
  expect(size('mjpeg', [8, 1, 0x68, 2, 0x80, 3])).toEqual({ width: 640, height: 360 })
  expect(size('vp8', [0x80, 2, 0x68, 1])).toEqual({ width: 640, height: 360 })
  expect(size('h264', [0x67])).toBeUndefined()
  expect(size('mpeg4', [0x20, 1])).toBeUndefined()
})
