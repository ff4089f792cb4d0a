import { expect, it } from 'vitest'
import { videoPacket } from '../../../test/support/video.ts'
import { PacketRing } from './packet-ring.ts'

function ptsOf({ packets }: PacketRing): number[] {
  return packets.map(({ pts }) => pts)
}

it('has the packets from the last key frame on, and none before the first one', () => {
  const ring = new PacketRing({ bytes: 1000, duration: 10_000 })
  for (const [pts, isKey] of [
    [0, false],
    [1, true],
    [2, false],
  ] as const)
    ring.add(videoPacket({ pts, isKey }))
  expect(ptsOf(ring)).toEqual([1, 2])
  ring.add(videoPacket({ pts: 3, isKey: true }))
  expect(ptsOf(ring)).toEqual([3])
  expect(ring.bytes).toBe(10)
})

it('drops a group that is too large or too long, and begins again with the next key frame', () => {
  const ring = new PacketRing({ bytes: 25, duration: 1000 })
  ring.add(videoPacket({ pts: 1, isKey: true }))
  ring.add(videoPacket({ pts: 2 }))
  ring.add(videoPacket({ pts: 3 }))
  ring.add(videoPacket({ pts: 4 }))
  expect(ptsOf(ring)).toEqual([])
  ring.add(videoPacket({ pts: 5, isKey: true, arrivedAt: 5000 }))
  ring.add(videoPacket({ pts: 6, arrivedAt: 6001 }))
  expect(ptsOf(ring)).toEqual([])
  expect(ring.bytes).toBe(0)
})
