import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  aggregate,
  H264_SETS,
  h264Payloads,
  IDR,
  INTER,
  LARGE_H264_SETS,
  Packets,
  slice,
} from '../../../test/support/rtp.ts'
import type { AccessUnit } from './depacketiser.ts'
import { H264Depacketiser } from './h264-depacketiser.ts'
import { RtpError } from './rtp-error.ts'
import type { RtpPacket } from './rtp-packet.ts'

interface Given {
  readonly packet: RtpPacket
  readonly lost?: number
}

function read(
  given: readonly Given[],
  { sets = [], maxBytes = 100_000 }: { sets?: Uint8Array[]; maxBytes?: number } = {},
) {
  const units: AccessUnit[] = []
  let dropped = 0
  const depacketiser = new H264Depacketiser(sets, {
    maxBytes,
    unit: (unit) => units.push(unit),
    dropped: () => dropped++,
  })
  for (const { packet, lost = 0 } of given) depacketiser.take(packet, lost)
  return { units, dropped, nals: units.map(({ bytes }) => split(bytes)) }
}

/** The NAL units of a picture. */
function split(bytes: Uint8Array): string[] {
  return Buffer.from(bytes).toString('hex').split('00000001').slice(1)
}

const hex = (...nals: Uint8Array[]) => nals.map((nal) => Buffer.from(nal).toString('hex'))
const all = (packets: readonly RtpPacket[]): Given[] => packets.map((packet) => ({ packet }))

describe('H.264 over RTP', () => {
  it('is the same whether NAL units come alone, together or in fragments', () => {
    const expected = read(all(new Packets().picture(9, [...H264_SETS, IDR]))).nals
    expect(expected).toEqual([hex(...H264_SETS, IDR)])
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.boolean(), (most, isTogether) => {
        const sets = isTogether ? [aggregate([0x78], H264_SETS)] : H264_SETS.flatMap((nal) => h264Payloads(nal, most))
        const packets = new Packets().picture(9, [...sets, ...h264Payloads(IDR, most)])
        expect(read(all(packets)).nals).toEqual(expected)
      }),
    )
  })

  it('begins with a key frame, before each of which are the parameter sets', () => {
    const packets = new Packets()
    const given = [[INTER], [...H264_SETS, IDR], [INTER], [IDR], [INTER]].flatMap((nals, at) =>
      packets.picture(at * 3600, nals),
    )
    const { units, nals, dropped } = read(all(given))
    expect(nals).toEqual([hex(...H264_SETS, IDR), hex(INTER), hex(...H264_SETS, IDR), hex(INTER)])
    expect(units.map(({ isKey }) => isKey)).toEqual([true, false, true, false])
    expect(units.map(({ timestamp }) => timestamp)).toEqual([3600, 7200, 10_800, 14_400])
    expect(dropped).toBe(1)
  })

  it('takes the parameter sets of the description, until others come', () => {
    const packets = new Packets()
    const given = [[IDR], [...LARGE_H264_SETS, IDR], [IDR]].flatMap((nals, at) => packets.picture(at, nals))
    const { units, nals } = read(all(given), { sets: [...H264_SETS, new Uint8Array()] })
    expect(nals).toEqual([hex(...H264_SETS, IDR), hex(...LARGE_H264_SETS, IDR), hex(...LARGE_H264_SETS, IDR)])
    expect(units.map(({ track }) => track.size)).toEqual([
      { width: 640, height: 360 },
      { width: 1920, height: 1080 },
      { width: 1920, height: 1080 },
    ])
    expect(units[1]?.track).toBe(units[2]?.track)
    expect(split(units[1]?.track.configuration ?? new Uint8Array())).toEqual(hex(...LARGE_H264_SETS))
  })

  it('gives nothing as long as parameter sets are missing', () => {
    const packets = new Packets()
    const given = [[IDR], [H264_SETS[0] ?? IDR, IDR]].flatMap((nals, at) => packets.picture(at, nals))
    expect(read(all(given))).toMatchObject({ units: [], dropped: 2 })
  })

  it('ends a picture where the time stamp changes, for cameras that never mark the end', () => {
    const packets = new Packets()
    const given = [[IDR], [INTER], [INTER]].flatMap((nals, at) => packets.picture(at * 3600, nals, { marked: false }))
    expect(read(all(given), { sets: H264_SETS }).nals).toEqual([hex(...H264_SETS, IDR), hex(INTER)])
  })

  it('keeps parameter sets with the picture behind them, for cameras that mark each', () => {
    const packets = new Packets()
    const given = [...H264_SETS, IDR].flatMap((nal) => packets.picture(5, [nal]))
    expect(read(all(given)).nals).toEqual([hex(...H264_SETS, IDR)])
  })

  it('leaves out what only says where pictures end', () => {
    const given = new Packets().picture(5, [slice([0x09], 1), ...H264_SETS, IDR, slice([0x0c])])
    expect(read(all(given)).nals).toEqual([hex(...H264_SETS, IDR)])
  })

  it('also begins with a recovery point, and with an intra-coded picture that has parameter sets', () => {
    const recovery = Uint8Array.from([6, 6, 1, 0xc4, 0x80])
    const intra = slice([0x61], 20, 0x88)
    for (const nals of [
      [recovery, INTER],
      [...H264_SETS, intra],
    ]) {
      const { units } = read(all(new Packets().picture(5, nals)), { sets: H264_SETS })
      expect(units.map(({ isKey }) => isKey)).toEqual([true])
    }
    expect(read(all(new Packets().picture(5, [intra])), { sets: H264_SETS }).units).toEqual([])
  })

  it('waits for the next key frame when packets were lost, and counts what it leaves out', () => {
    const packets = new Packets()
    const [key, second, third, next, last] = [[IDR], h264Payloads(INTER, 7), [INTER], [IDR], [INTER]].map(
      (payloads, at) => packets.picture(at * 3600, payloads),
    )
    const given = [...all(key ?? []), ...all(second ?? []).slice(0, 1)]
    const [, , rest] = second ?? []
    if (rest) given.push({ packet: rest, lost: 1 })
    given.push(...all(third ?? []), ...all(next ?? []), ...all(last ?? []))
    const { nals, dropped } = read(given, { sets: H264_SETS })
    expect(nals).toEqual([hex(...H264_SETS, IDR), hex(...H264_SETS, IDR), hex(INTER)])
    expect(dropped).toBe(2)
  })

  it('takes a key frame whose first slice came right behind a loss, and none that lacks it', () => {
    const second = slice([0x65], 20, 0x08)
    const packets = new Packets()
    const [before, whole] = [packets.picture(0, [INTER], { marked: false }), packets.picture(1, [IDR, second])]
    expect(
      read([...all(before), ...whole.map((packet, at) => ({ packet, lost: at === 0 ? 3 : 0 }))], { sets: H264_SETS })
        .nals,
    ).toEqual([hex(...H264_SETS, IDR, second)])
    const partial = new Packets().picture(1, [second])
    expect(
      read(
        partial.map((packet) => ({ packet, lost: 1 })),
        { sets: H264_SETS },
      ).nals,
    ).toEqual([])
  })

  it('fails with a picture that is too large, before it is held', () => {
    const given = new Packets().picture(5, h264Payloads(slice([0x65], 5000), 1000))
    expect(() => read(all(given), { sets: H264_SETS, maxBytes: 4000 })).toThrow(/more than 4000 bytes/)
  })

  it('fails with packets in interleaved order', () => {
    expect(() => read(all(new Packets().picture(5, [slice([0x79])])))).toThrow(/interleaved/)
  })

  it('is read or refused in a sentence, whatever the packets', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .tuple(fc.constantFrom(0x67, 0x68, 0x65, 0x41, 0x06, 0x78, 0x7c), fc.uint8Array({ maxLength: 40 }))
        .map(([header, rest]) => Uint8Array.from([header, ...rest])),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(payload, fc.boolean(), fc.nat(3), fc.nat(2))), (list) => {
        try {
          const packets = new Packets()
          const given = list.flatMap(([each, marked, lost, at]) =>
            packets.picture(at, [each], { marked }).map((packet) => ({ packet, lost: lost === 3 ? 1 : 0 })),
          )
          for (const { bytes } of read(given, { sets: H264_SETS }).units) expect(bytes.length).toBeGreaterThan(4)
        } catch (error) {
          expect(error).toBeInstanceOf(RtpError)
        }
      }),
    )
  })
})
