import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LiveFrame, readLiveFrame } from '../../client/live-frame.ts'
import { frameInput } from '../../test/support/hub.ts'
import { Frame } from '../core/frame.ts'
import { COMPRESSIONS, ELEMENT_TYPES, type PackedArray } from '../core/payload.ts'
import { encodeLiveFrame } from './live-frame-encoder.ts'

const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }).map((value) => value + 0)
const quantisation = fc.record({
  scale: number,
  offset: number,
  levels: fc.record({ min: number, max: number }),
  log: fc.boolean(),
})
const array: fc.Arbitrary<PackedArray> = fc.record({
  kind: fc.constant('packed-array' as const),
  bytes: fc.uint8Array({ maxLength: 300 }),
  type: fc.constantFrom(...ELEMENT_TYPES),
  shape: fc.array(fc.nat({ max: 99_999 }), { maxLength: 4 }),
  byteOrder: fc.constantFrom('little' as const, 'big' as const),
  compression: fc.constantFrom(...COMPRESSIONS),
  quantisation: fc.option(quantisation, { nil: undefined }),
})

/** What a WebSocket gives to its user: the frame without its own header. */
function messageIn(frame: Uint8Array): ArrayBuffer {
  const short = (frame[1] ?? 0) & 127
  const header = short < 126 ? 2 : short === 126 ? 4 : 10
  return new Uint8Array(frame.subarray(header)).buffer
}

it('values come to the SDK as they were: their bytes, how they are written, and what they stand for, to the digit', () => {
  fc.assert(
    fc.property(array, (payload) => {
      const frame = new Frame({ ...frameInput('site', 'screen'), payload }, '1-0', 1, 1)
      const { header, bytes } = readLiveFrame(messageIn(Buffer.concat(encodeLiveFrame(frame).plain)))
      expect(new LiveFrame(header, bytes, 0).array).toEqual(payload)
      expect(header.media_type).toBe('application/octet-stream')
    }),
  )
})
