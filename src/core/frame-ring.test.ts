import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameInput } from '../../test/support/hub.ts'
import { Frame } from './frame.ts'
import { FrameRing } from './frame-ring.ts'

const frame = (n: number, pulse?: bigint) =>
  new Frame({ ...frameInput('a', 'b'), ...(pulse !== undefined && { pulse: { id: pulse } }) }, `${n}-0`, n, n)

describe('the recent frames of a stream', () => {
  it('are as many and weigh as much as is allowed, and the newest is always among them', () => {
    const { weight } = frame(1)
    const pushes = fc.array(fc.record({ frames: fc.integer({ min: 1, max: 6 }), bytes: fc.nat(5 * weight) }))
    fc.assert(
      fc.property(pushes, (limits) => {
        const ring = new FrameRing()
        for (const [index, limit] of limits.entries()) {
          ring.push(frame(index + 1), limit)
          const kept = limits.filter((_, at) => ring.frame(`${at + 1}-0`)).length
          expect(kept).toBe(kept > 1 ? Math.min(kept, limit.frames, Math.floor(limit.bytes / weight)) : 1)
          expect(ring.weight).toBe(kept * weight)
          expect(ring.metadataWeight).toBe(kept * frame(1).metadataWeight)
          expect(ring.hasOlder).toBe(kept > 1)
          expect(ring.newest?.id).toBe(`${index + 1}-0`)
        }
      }),
    )
  })

  it('drops the oldest, never the newest, and all of them', () => {
    const ring = new FrameRing()
    expect(ring.dropOldest()).toBe(false)
    for (const n of [1, 2]) ring.push(frame(n), { frames: 5, bytes: 1e9 })
    expect([ring.dropOldest(), ring.dropOldest()]).toEqual([true, false])
    expect([ring.frame('1-0'), ring.newest?.id]).toEqual([undefined, '2-0'])
    ring.clear()
    expect([ring.newest, ring.weight, ring.metadataWeight]).toEqual([undefined, 0, 0])
  })

  it('finds the last frame of a pulse, as pulses may be counted anew', () => {
    const ring = new FrameRing()
    for (const [n, pulse] of [7n, 8n, 7n].entries()) ring.push(frame(n + 1, pulse), { frames: 5, bytes: 1e9 })
    expect([ring.frameOfPulse(7n)?.id, ring.frameOfPulse(8n)?.id, ring.frameOfPulse(9n)]).toEqual([
      '3-0',
      '2-0',
      undefined,
    ])
  })
})
