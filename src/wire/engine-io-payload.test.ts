import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PayloadPacket, packetsInBytes, packetsInText } from './engine-io-payload.ts'

const text = fc.string({ unit: 'binary', minLength: 1 }).filter((each) => each.isWellFormed())
const bytes = fc.uint8Array({ minLength: 1 })
const all = fc.array(fc.oneof(text, bytes), { maxLength: 20 })
const MOST = 20

describe('a payload of Engine.IO 3', () => {
  it('is taken apart as it was put together', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: MOST }), (packets) => {
        expect(packetsInText(packets.map((each) => `${each.length}:${each}`).join(''), MOST)).toEqual(packets)
      }),
    )
    fc.assert(
      fc.property(all, (packets) => {
        expect(packetsInBytes(joined(packets), MOST)).toEqual(packets)
      }),
    )
  })

  it('is refused if there is anything wrong with it', () => {
    const texts = [
      '1',
      ':',
      ':4',
      '0:',
      '2:4',
      '-1:4',
      '1.0:4',
      ' 1:4',
      '1e0:4',
      '01:4',
      '9999999999:4',
      '1:4x',
      'Infinity:4',
    ]
    for (const wrong of texts) expect(packetsInText(wrong, MOST), wrong).toBeUndefined()
    const bodies = [
      [0],
      [1, 1],
      [0, 255],
      [0, 0, 255],
      [0, 1, 255],
      [2, 1, 255, 52],
      [0, 10, 255, 52],
      [0, 1, 255, 52, 0],
    ]
    for (const wrong of bodies) expect(packetsInBytes(Uint8Array.from(wrong), MOST), String(wrong)).toBeUndefined()
    expect(packetsInBytes(Uint8Array.of(0, ...Array(10).fill(0), 1, 255, 52), MOST)).toBeUndefined()
    expect(packetsInText('1:4'.repeat(21), MOST)).toBeUndefined()
    expect(packetsInBytes(joined(Array(21).fill('4')), MOST)).toBeUndefined()
  })

  it('never makes more than there is, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array(), (one, other) => {
        expect((packetsInText(one, MOST) ?? []).join('').length).toBeLessThanOrEqual(one.length)
        const packets = packetsInBytes(Uint8Array.from(other), MOST) ?? []
        expect(packets.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(other.length)
      }),
    )
  })
})

function joined(packets: readonly PayloadPacket[]): Uint8Array {
  return Uint8Array.from(
    packets.flatMap((packet) => {
      const content = typeof packet === 'string' ? new TextEncoder().encode(packet) : packet
      return [typeof packet === 'string' ? 0 : 1, ...Array.from(String(content.length), Number), 255, ...content]
    }),
  )
}
