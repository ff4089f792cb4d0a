import { describe, expect, it } from 'vitest'
import { ManualClock, START } from '../../../test/support/manual-clock.ts'
import { encodeRtp, H264_SETS, h264Payloads, IDR, INTER, Packets } from '../../../test/support/rtp.ts'
import type { RtpVideo } from './rtp-video.ts'
import { type ReceivedPicture, VideoReceiver } from './video-receiver.ts'

const VIDEO: RtpVideo = {
  codec: 'h264',
  payloadType: 96,
  clockRate: 90_000,
  sets: H264_SETS,
  size: undefined,
  control: undefined,
}

function receiverOf(order: 'kept' | 'any' = 'kept') {
  const clock = new ManualClock()
  const pictures: ReceivedPicture[] = []
  const told = { dropped: 0, ended: 0 }
  const made = new VideoReceiver(VIDEO, {
    clock,
    maxBytes: 100_000,
    order,
    picture: (picture) => pictures.push(picture),
    dropped: () => told.dropped++,
    ended: () => told.ended++,
  })
  return { clock, pictures, told, receiver: made, packets: new Packets() }
}

/** A sender report that says that a time stamp is a moment, ms since 1970. */
function senderReport(timestamp: number, at: number): Uint8Array {
  const bytes = new Uint8Array(28)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x80c80006)
  view.setUint32(4, 1)
  view.setUint32(8, at / 1000 + 2_208_988_800)
  view.setUint32(12, ((at / 1000) % 1) * 2 ** 32)
  view.setUint32(16, timestamp)
  return bytes
}

describe('what a camera sends over RTP', () => {
  it('are pictures with the times they were sent with, and those they came at', () => {
    const { clock, pictures, receiver, packets } = receiverOf()
    for (const [at, nal] of [IDR, INTER, INTER].entries()) {
      for (const packet of packets.picture(90_000 + at * 3600, h264Payloads(nal, 10))) receiver.rtp(encodeRtp(packet))
      clock.advance(40)
    }
    expect(pictures.map(({ pts, dts, arrivedAt, capturedAt }) => [pts, dts, arrivedAt - START, capturedAt])).toEqual([
      [0, 0, 0, undefined],
      [40_000, 40_000, 40, undefined],
      [80_000, 80_000, 80, undefined],
    ])
  })

  it('have the times of the camera once it has sent a report', () => {
    const { pictures, receiver, packets } = receiverOf()
    receiver.rtcp(senderReport(90_000, START - 5000))
    for (const packet of packets.picture(93_600, [IDR])) receiver.rtp(encodeRtp(packet))
    expect(pictures[0]?.capturedAt).toBeCloseTo(START - 4960, 2)
  })

  it('came when their last packet came, also where that is not marked', () => {
    const { clock, pictures, receiver, packets } = receiverOf()
    for (const [at, nal] of [IDR, INTER].entries()) {
      for (const packet of packets.picture(at, h264Payloads(nal, 10), { marked: false })) {
        clock.advance(1)
        receiver.rtp(encodeRtp(packet))
      }
      clock.advance(100)
    }
    expect(pictures[0]?.arrivedAt).toBe(START + h264Payloads(IDR, 10).length)
  })

  it('are put into order over UDP', () => {
    const { pictures, told, receiver, packets } = receiverOf('any')
    const [first, second, third] = packets.picture(1, h264Payloads(IDR, 8)).map(encodeRtp)
    for (const bytes of [first, third, second]) receiver.rtp(bytes ?? new Uint8Array())
    expect(pictures).toHaveLength(1)
    expect(told.dropped).toBe(0)
  })

  it('are not what is sent under another number, and end with a goodbye of their sender', () => {
    const { pictures, told, receiver, packets } = receiverOf()
    const [packet] = packets.picture(1, [IDR])
    expect(packet && receiver.rtp(encodeRtp({ ...packet, payloadType: 97 }))).toBe(false)
    receiver.rtcp(Uint8Array.from([0x81, 203, 0, 1, 0, 0, 0, 1]))
    expect(told.ended).toBe(0)
    expect(packet && receiver.rtp(encodeRtp(packet))).toBe(true)
    receiver.rtcp(Uint8Array.from([0x81, 203, 0, 1, 0, 0, 0, 1]))
    expect(pictures).toHaveLength(1)
    expect(told.ended).toBe(1)
  })
})
