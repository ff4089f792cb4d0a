import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readRtpPacket, sequenceDistance, timestampDistance } from './rtp-packet.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

it('is read without its contributors, its extension and its padding', () => {
  const packet = readRtpPacket(hex('b1 e0 1234 0000ffff 1f7c499d  aaaaaaaa  bede 0001 00000000  0102030405 000003'))
  expect(packet).toEqual({
    payloadType: 96,
    marker: true,
    sequence: 0x1234,
    timestamp: 0xffff,
    source: 0x1f7c499d,
    payload: hex('0102030405'),
  })
})

it.each([
  ['another version', '40600001 00000000 00000000'],
  ['no whole header', '80600001 00000000 000000'],
  ['more contributors than bytes', '8f600001 00000000 00000000 00'],
  ['a longer extension than there is', '90600001 00000000 00000000 bede0002 00000000'],
  ['more padding than content', 'a0600001 00000000 00000000 00ff'],
])('is none with %s', (_name, bytes) => {
  expect(readRtpPacket(hex(bytes))).toBeUndefined()
})

it('its content is never outside of it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 60 }), (bytes) => {
      bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x80
      const { payload } = readRtpPacket(bytes) ?? {}
      expect(payload === undefined || payload.length <= bytes.length - 12).toBe(true)
    }),
  )
})

it('numbers go on over their end', () => {
  expect(sequenceDistance(65_535, 0)).toBe(1)
  expect(sequenceDistance(3, 65_530)).toBe(-9)
  expect(timestampDistance(0xfffffff0, 0x10)).toBe(0x20)
  expect(timestampDistance(0x10, 0xfffffff0)).toBe(-0x20)
})
