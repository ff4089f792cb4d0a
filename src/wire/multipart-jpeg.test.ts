import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseJpegParts } from '../../test/support/multipart-jpeg.ts'
import { encodeJpegPart, OPENING } from './multipart-jpeg.ts'

const aPart = fc.record({ jpeg: fc.uint8Array({ maxLength: 300 }), time: fc.nat({ max: 4_000_000_000_000 }) })

it('is read back as what was written, whatever the pictures hold', () => {
  fc.assert(
    fc.property(fc.array(aPart), (parts) => {
      const stream = Buffer.concat([OPENING, ...parts.map(({ jpeg, time }) => encodeJpegPart(jpeg, time))])
      const read = parseJpegParts(stream)
      expect(read.map(({ jpeg }) => [...jpeg])).toEqual(parts.map(({ jpeg }) => [...jpeg]))
      expect(read.map(({ headers }) => Number(headers.get('x-timestamp')))).toEqual(
        parts.map(({ time }) => time / 1000),
      )
    }),
  )
})

it('has a boundary before the first part and directly behind each', () => {
  const text = Buffer.concat([OPENING, encodeJpegPart(Buffer.from('JPEG'), 1_700_000_000_123)]).toString()
  expect(text).toBe(
    '--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 4\r\nX-Timestamp: 1700000000.123000\r\n\r\nJPEG\r\n--frame\r\n',
  )
})
