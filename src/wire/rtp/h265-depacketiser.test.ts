import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aggregate, H265_SETS, h265Payloads, Packets, slice } from '../../../test/support/rtp.ts'
import type { AccessUnit } from './depacketiser.ts'
import { H265Depacketiser } from './h265-depacketiser.ts'
import { RtpError } from './rtp-error.ts'
import type { RtpPacket } from './rtp-packet.ts'

function read(packets: readonly RtpPacket[], lostBefore = -1) {
  const units: AccessUnit[] = []
  const depacketiser = new H265Depacketiser([], {
    maxBytes: 100_000,
    unit: (unit) => units.push(unit),
    dropped: () => {},
  })
  for (const [at, packet] of packets.entries()) depacketiser.take(packet, at === lostBefore ? 1 : 0)
  return units
}

const types = (units: readonly AccessUnit[]) =>
  units.map(({ bytes }) =>
    Buffer.from(bytes)
      .toString('hex')
      .split('00000001')
      .slice(1)
      .map((nal) => (Number.parseInt(nal.slice(0, 2), 16) >> 1) & 0x3f),
  )

const nal = (type: number) => slice([type << 1, 1])
const IDR = nal(19)
const CRA = nal(21)
const RASL = nal(9)
const INTER = nal(1)

describe('H.265 over RTP', () => {
  it('is the same whether NAL units come alone, together or in fragments', () => {
    const [expected] = read(new Packets().picture(9, [...H265_SETS, IDR]))
    expect(expected).toMatchObject({ isKey: true, track: { codec: 'h265', size: { width: 1920, height: 1080 } } })
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.boolean(), (most, isTogether) => {
        const sets = isTogether
          ? [aggregate([48 << 1, 1], H265_SETS)]
          : H265_SETS.flatMap((each) => h265Payloads(each, most))
        const [unit] = read(new Packets().picture(9, [...sets, ...h265Payloads(IDR, most)]))
        expect(Buffer.from(unit?.bytes ?? [])).toEqual(Buffer.from(expected?.bytes ?? []))
      }),
    )
  })

  it('begins with each kind of random access point, without what is shown before it and needs what was before', () => {
    const packets = new Packets()
    const pictures = [[...H265_SETS, CRA], [RASL], [INTER], [CRA], [RASL], [INTER]]
    const given = pictures.flatMap((nals, at) => packets.picture(at, nals))
    expect(types(read(given))).toEqual([[32, 33, 34, 21], [1], [32, 33, 34, 21], [9], [1]])
  })

  it('leaves it out again when it begins anew behind a loss', () => {
    const packets = new Packets()
    const pictures = [[...H265_SETS, IDR], [INTER], [CRA], [RASL], [INTER]]
    const given = pictures.flatMap((nals, at) => packets.picture(at, nals))
    const lostBefore = given.findIndex(({ payload }) => payload === CRA)
    expect(types(read(given, lostBefore))).toEqual([[32, 33, 34, 19], [1], [32, 33, 34, 21], [1]])
  })

  it('is read or refused in a sentence, whatever the packets', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .tuple(fc.constantFrom(0x40, 0x42, 0x44, 0x26, 0x2a, 0x02, 0x60, 0x62), fc.uint8Array({ maxLength: 40 }))
        .map(([header, rest]) => Uint8Array.from([header, 1, ...rest])),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(payload, fc.boolean(), fc.nat(2))), fc.nat(20), (list, lostBefore) => {
        try {
          const packets = new Packets()
          read(
            list.flatMap(([each, marked, at]) => packets.picture(at, [each], { marked })),
            lostBefore,
          )
        } catch (error) {
          expect(error).toBeInstanceOf(RtpError)
        }
      }),
    )
  })
})
