import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Reception } from './reception.ts'
import { encodeReceiverReport, readRtcp } from './rtcp.ts'
import { readRtpPacket } from './rtp-packet.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

/** A sender report, a source description and a goodbye. */
const COMPOUND = hex(
  '80c80006 1f7c499d ecb8a1b2 80000000 075bcd15 00000064 00002710 81ca0003 1f7c499d 01017800 00000000 81cb0001 1f7c499d',
)

it('a sender report and a goodbye are read out of a compound packet', () => {
  expect(readRtcp(COMPOUND)).toEqual({
    reports: [{ source: 0x1f7c499d, ntpSeconds: 0xecb8a1b2, ntpFraction: 0x80000000, timestamp: 0x075bcd15 }],
    byes: [0x1f7c499d],
  })
})

it('whatever the bytes, what can be read is read', () => {
  const cut = fc.nat(COMPOUND.length).map((length) => COMPOUND.subarray(0, length))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), cut), (bytes) => {
      expect(readRtcp(bytes).reports.length).toBeLessThan(10)
      readRtpPacket(bytes)
    }),
  )
})

it('a receiver report tells the highest number, what was lost, and how long ago the last sender report was', () => {
  const reception = new Reception(90_000)
  const packet = (sequence: number) => ({
    payloadType: 96,
    marker: false,
    sequence,
    timestamp: sequence * 3600,
    source: 7,
    payload: new Uint8Array(),
  })
  expect(reception.report(0)).toBeUndefined()
  for (const [at, sequence] of [65_534, 65_535, 1, 2].entries()) reception.packet(packet(sequence), at * 40)
  reception.senderReport({ source: 7, ntpSeconds: 0x12345678, ntpFraction: 0x9abcdef0, timestamp: 0 }, 1000)
  const report = reception.report(1500)
  expect(report).toMatchObject({
    source: 7,
    fractionLost: Math.floor(256 / 5),
    packetsLost: 1,
    highestSequence: 0x10002,
    lastReport: 0x56789abc,
    sinceLastReport: 32_768,
  })
  const bytes = encodeReceiverReport(0xaabbccdd, report)
  expect(Buffer.from(bytes.subarray(0, 20)).toString('hex')).toBe('81c90007aabbccdd000000073300000100010002')
  expect(bytes.length % 4).toBe(0)
  expect(readRtcp(bytes)).toEqual({ reports: [], byes: [] })
  expect(reception.report(1600)).toMatchObject({ fractionLost: 0, packetsLost: 1 })
})
