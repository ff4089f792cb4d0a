import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Packets } from '../../../test/support/rtp.ts'
import type { Size } from '../../core/payload.ts'
import { readImage } from '../image-header.ts'
import type { AccessUnit } from './depacketiser.ts'
import { JpegDepacketiser } from './jpeg-depacketiser.ts'
import { HUFFMAN_TABLES } from './jpeg-tables.ts'
import { RtpError } from './rtp-error.ts'
import type { RtpPacket } from './rtp-packet.ts'

function read(packets: readonly RtpPacket[], { size, maxBytes = 100_000 }: { size?: Size; maxBytes?: number } = {}) {
  const units: AccessUnit[] = []
  let dropped = 0
  const depacketiser = new JpegDepacketiser(size, {
    maxBytes,
    unit: (unit) => units.push(unit),
    dropped: () => dropped++,
  })
  let next = packets[0]?.sequence ?? 0
  for (const packet of packets) {
    depacketiser.take(packet, (packet.sequence - next) & 0xffff)
    next = (packet.sequence + 1) & 0xffff
  }
  return { units, dropped }
}

const SCAN = Uint8Array.from({ length: 300 }, (_, at) => at % 251)

/** A picture of 64 × 48 as payloads with so many bytes of the scan. */
function payloads(
  most: number,
  { type = 1, quality = 60, size = [8, 6], tables = new Uint8Array() } = {},
): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let at = 0; at < SCAN.length; at += most) {
    const restart = type >= 64 ? [0, 4, 0xff, 0xff] : []
    const quantisation = quality >= 128 && at === 0 ? [0, 0, tables.length >> 8, tables.length & 255, ...tables] : []
    parts.push(
      Uint8Array.from([
        0,
        0,
        at >> 8,
        at & 255,
        type,
        quality,
        ...size,
        ...restart,
        ...quantisation,
        ...SCAN.subarray(at, at + most),
      ]),
    )
  }
  return parts
}

describe('JPEG over RTP', () => {
  it('is a whole file, in however many packets its scan came', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.constantFrom(0, 1, 64, 65), (most, type) => {
        const { units } = read(new Packets().picture(7, payloads(most, { type })))
        expect(units).toHaveLength(1)
        const [{ bytes, isKey, track } = { bytes: SCAN, isKey: false, track: undefined }] = units
        expect(isKey).toBe(true)
        expect(readImage(bytes, { maxPixels: 1e6 })).toMatchObject({ mediaType: 'image/jpeg', width: 64, height: 48 })
        expect(track).toMatchObject({ codec: 'mjpeg', size: { width: 64, height: 48 } })
        expect(Buffer.from(bytes).indexOf(SCAN)).toBeGreaterThan(0)
      }),
    )
  })

  it('has tables of its own, which may be sent once', () => {
    const packets = new Packets()
    const tables = new Uint8Array(128).fill(3)
    const given = [tables, new Uint8Array()].flatMap((each, at) =>
      packets.picture(at, payloads(400, { quality: 200, tables: each })),
    )
    const { units } = read(given)
    expect(units).toHaveLength(2)
    expect(Buffer.from(units[1]?.bytes ?? []).includes(tables.subarray(0, 64))).toBe(true)
    expect(read(packets.picture(9, payloads(400, { quality: 200 }))).units).toEqual([])
  })

  it('is left out when a part of it is missing', () => {
    const packets = new Packets()
    const [first, , third, ...rest] = packets.picture(1, payloads(100))
    const whole = packets.picture(2, payloads(100))
    expect(rest).toEqual([])
    const { units, dropped } = read([first, third, ...whole].filter((each) => each !== undefined))
    expect(units.map(({ timestamp }) => timestamp)).toEqual([2])
    expect(dropped).toBe(1)
  })

  it('has the size of the description where its own does not say it', () => {
    const given = new Packets().picture(1, payloads(400, { size: [0, 0] }))
    expect(read(given, { size: { width: 4000, height: 3000 } }).units[0]?.track.size).toEqual({
      width: 4000,
      height: 3000,
    })
    expect(() => read(given)).toThrow(/does not say how large/)
  })

  it('fails where it is too large, or of a kind that is not known', () => {
    expect(() => read(new Packets().picture(1, payloads(10)), { maxBytes: 200 })).toThrow(/more than 200 bytes/)
    expect(() => read(new Packets().picture(1, payloads(400, { type: 5 })))).toThrow(/not known/)
  })

  it('is read or refused in a sentence, whatever the packets', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 40 }).map((rest) => Uint8Array.from([0, 0, 0, 0, ...rest])),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(payload, fc.boolean())), (list) => {
        try {
          const packets = new Packets()
          read(list.flatMap(([each, marked]) => packets.picture(0, [each], { marked })))
        } catch (error) {
          expect(error).toBeInstanceOf(RtpError)
        }
      }),
    )
  })
})

it('the Huffman tables are as long as they say', () => {
  for (const table of HUFFMAN_TABLES)
    expect(table.length).toBe(17 + table.subarray(1, 17).reduce((sum, count) => sum + count, 0))
})
