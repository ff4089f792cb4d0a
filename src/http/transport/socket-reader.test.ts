import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unlimitedBytes } from '../../../test/support/connections.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { EventLoopTurns } from '../../core/event-loop-turns.ts'
import { bucketOf, ConnectionBudget } from './connection-budget.ts'
import { SocketReader } from './socket-reader.ts'

/** A peer whose every byte is a message, on a socket that a reader reads. */
function setUp(
  options: { perTurn?: number; perSecond?: number; clientPerSecond?: number; bytesPerMessage?: number } = {},
) {
  const { perTurn = 16, perSecond = 500, clientPerSecond, bytesPerMessage = Number.POSITIVE_INFINITY } = options
  const clock = new ManualClock()
  const raw = new PassThrough()
  const budget = new ConnectionBudget({
    clock,
    rules: { messagesPerTurn: perTurn, messagesPerSecond: perSecond, clientMessagesPerSecond: 0 },
    ofClient: clientPerSecond === undefined ? undefined : bucketOf(clientPerSecond, clock.monotonic()),
    heldBytes: unlimitedBytes(),
    holder: { client: 'a peer', isPrivileged: false },
  })
  const handled: number[] = []
  const limits: string[] = []
  /** What one slice held. */
  const slices: number[] = []
  const parts = { clock, turns: new EventLoopTurns(setImmediate), limited: (limit: string) => limits.push(limit) }
  const arrived = (bytes: number) => slices.push(bytes)
  const reader = new SocketReader(parts, { raw, budget, client: 'a peer', bytesPerMessage, arrived })
  // The parser behind the reader. A zero belongs to no message.
  raw.on('data', (bytes: Buffer) => {
    for (const byte of bytes) if (byte !== 0) reader.handle(1, () => handled.push(byte))
  })
  return { clock, raw, reader, budget, handled, limits, slices }
}

/** A turn of the event loop. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Turns until nothing happens any more. */
async function settle(handled: readonly unknown[]) {
  for (let before = -1; before !== handled.length; ) {
    before = handled.length
    for (let i = 0; i < 3; i++) await turn()
  }
}

describe('a socket reader', () => {
  it('handles every message once and in order, however they arrive and whatever the limits are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ min: 1, maxLength: 700 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 300 }),
        async (chunks, perTurn, perSecond) => {
          const { clock, raw, handled } = setUp({ perTurn, perSecond })
          const all = chunks.flatMap((chunk) => [...chunk])
          for (const chunk of chunks) raw.write(chunk)
          while (handled.length < all.length) {
            await settle(handled)
            clock.advance(1000)
          }
          expect(handled).toEqual(all)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('handles so many messages of one socket in a turn of the event loop', async () => {
    const { raw, handled } = setUp({ perTurn: 5 })
    raw.write(new Uint8Array(23).fill(1))
    const counts: number[] = []
    while (handled.length < 23) {
      await turn()
      if (handled.length > 0) counts.push(handled.length)
    }
    for (const [i, count] of counts.entries()) expect(count - (counts[i - 1] ?? 0)).toBeLessThanOrEqual(5)
  })

  it('handles a burst of two seconds, then so many a second, and says why it waits', async () => {
    const { clock, raw, handled, limits } = setUp({ perSecond: 10 })
    raw.write(new Uint8Array(100).fill(1))
    await settle(handled)
    expect([handled.length, limits]).toEqual([20, ['limits.messages_per_s']])
    for (let second = 1; second <= 3; second++) {
      for (let i = 0; i < 10; i++) {
        clock.advance(100)
        await settle(handled)
      }
      expect(handled.length).toBe(20 + 10 * second)
    }
  })

  it('makes a client wait for what all its sockets have sent', async () => {
    const { raw, handled, limits } = setUp({ perSecond: 1000, clientPerSecond: 3 })
    raw.write(new Uint8Array(100).fill(1))
    await settle(handled)
    expect([handled.length, limits]).toEqual([6, ['limits.client_messages_per_s']])
  })

  it('does not count what is taken back', async () => {
    const { raw, handled, budget, reader } = setUp({ perSecond: 10 })
    raw.removeAllListeners('data')
    raw.on('data', (bytes: Buffer) => {
      for (const byte of bytes)
        reader.handle(1, () => {
          handled.push(byte)
          budget.charge(-1)
        })
    })
    raw.write(new Uint8Array(500).fill(1))
    await settle(handled)
    expect(handled).toHaveLength(500)
  })

  it('counts the bytes of a message that does not end', async () => {
    const { raw, slices, limits } = setUp({ perSecond: 10, bytesPerMessage: 100 })
    for (let i = 0; i < 100; i++) raw.write(new Uint8Array(1000))
    await settle(slices)
    expect(slices.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(5000)
    expect(limits).toEqual(['limits.messages_per_s'])
  })

  it('reads large messages in large slices', async () => {
    const { raw, slices } = setUp()
    raw.write(new Uint8Array(200_000))
    await settle(slices)
    expect(slices.length).toBeLessThan(100)
    expect(Math.max(...slices)).toBeGreaterThan(10_000)
  })

  it('leaves what it may not handle with the peer, and reads on when that is over', async () => {
    const { raw, reader, handled } = setUp()
    reader.hold('user')
    reader.hold('backpressure')
    for (let i = 0; i < 5; i++) raw.write(new Uint8Array(10).fill(1))
    await settle(handled)
    reader.resume('user')
    await settle(handled)
    expect([handled.length, raw.readableLength]).toEqual([0, 50])
    reader.resume('backpressure')
    await settle(handled)
    expect(handled).toHaveLength(50)
  })

  it('handles what arrived before the connection was closed, and then says so', async () => {
    const { raw, reader, handled } = setUp({ perTurn: 2 })
    const closed = new Promise<number>((resolve) => {
      raw.on('end', () => {
        reader.hold('backpressure')
        reader.finish(() => resolve(handled.length))
      })
    })
    raw.end(new Uint8Array(20).fill(1))
    expect(await closed).toBe(20)
  })

  it('drops what is pending once it is stopped', async () => {
    const { raw, reader, handled } = setUp({ perTurn: 1 })
    raw.write(new Uint8Array(20).fill(1))
    await turn()
    reader.stop()
    const before = handled.length
    await settle(handled)
    expect(handled.length).toBe(before)
    let isClosed = false
    reader.finish(() => {
      isClosed = true
    })
    expect(isClosed).toBe(true)
  })
})
