import { expect } from 'vitest'
import type { Clock } from '../../src/core/clock.ts'
import type { FlowCounter } from '../../src/core/counters.ts'
import type { Principal } from '../../src/core/principal.ts'
import type { StreamName } from '../../src/core/stream-name.ts'
import { LabelUpdates } from '../../src/sinks/label-updates.ts'
import type { SharedPacket } from '../../src/wire/socket-io-packet.ts'
import { somebody } from './event-stores.ts'
import { anyone } from './hub.ts'
import { makeSinks } from './sinks.ts'

/** The feed on a real hub and a manual clock, and what it counts. */
export function makeUpdates({ interval = 1000, maxMessageBytes = 1_000_000 } = {}) {
  const sinks = makeSinks()
  const turns: (() => void)[] = []
  const limits: string[] = []
  const flows = new Map<string, FlowCounter>()
  const counters = {
    out({ label, key }: StreamName) {
      const flow = flows.get(`${label}/${key}`) ?? { frames: 0, bytes: 0, skipped: 0 }
      flows.set(`${label}/${key}`, flow)
      return flow
    },
    limited: (limit: string) => limits.push(limit),
  }
  /** The timers of the feed. */
  const timers = new Set<object>()
  const clock: Clock = {
    now: () => sinks.clock.now(),
    monotonic: () => sinks.clock.monotonic(),
    after(delay, action) {
      const timer = {}
      timers.add(timer)
      const cancel = sinks.clock.after(delay, () => {
        timers.delete(timer)
        action()
      })
      return () => {
        timers.delete(timer)
        cancel()
      }
    },
  }
  const inNextTurn = (action: () => void) => turns.push(action)
  const updates = new LabelUpdates({ ...sinks.parts, clock, counters, interval, maxMessageBytes, inNextTurn })
  return {
    ...sinks,
    limits,
    flows,
    timers,
    open: (principal: Principal = anyone, labels?: readonly string[]) => new FakeReader(updates, principal, labels),
    /** The demand for a stream. */
    demand: (label: string, key: string) =>
      sinks.hub.directory.list(anyone).find((stream) => stream.label === label && stream.key === key)?.demand,
    /** The next turn of the event loop. */
    turn: () => turns.splice(0).forEach((action) => void action()),
    turns,
  }
}

/** A reader whose link can be full, as after a large message. */
export class FakeReader {
  readonly packets: SharedPacket[] = []
  /** How many times a packet was written again. */
  repeats = 0
  /** Called with each packet. */
  onWrite = () => {}
  #isStalled = false
  #isFull = false
  #takenCount = 0
  readonly #open

  constructor(updates: LabelUpdates, principal: Principal, labels?: readonly string[]) {
    this.#open = updates.open({
      principal,
      labels,
      isDrained: () => !this.#isFull,
      write: (packet) => {
        if (this.#isFull) throw new Error('written to a full link')
        if (this.packets.includes(packet)) this.repeats++
        this.packets.push(packet)
        this.#isFull = this.#isStalled
        this.onWrite()
      },
    })
  }

  /** The keys of the cameras in each message since the last call. */
  takeCameras(): string[] {
    return this.take().flatMap((update) => Object.values(update).map((pictures) => Object.keys(pictures).join('')))
  }

  /** What was received since the last call: for each label the size of each picture, by camera. */
  take(): Record<string, Record<string, number>>[] {
    const fresh = this.packets.slice(this.#takenCount)
    this.#takenCount = this.packets.length
    return fresh.map((packet) => {
      const [name, { label, images, image_names }] = JSON.parse(packet.in('/').text.slice(1))
      expect(name).toBe('update')
      return { [label]: Object.fromEntries(image_names.map((key: string, i: number) => [key, atob(images[i]).length])) }
    })
  }

  /** From now on it takes one more message. */
  stall(): void {
    this.#isStalled = true
  }

  /** It takes one message and is full again; with `all`, everything. */
  drain(all = true): void {
    this.#isStalled = !all
    this.#isFull = false
    this.#open.drained()
  }

  close(): void {
    this.#open.close()
  }
}

/** A principal who may view one stream, as with a share link. */
export function linkTo(stream: StreamName): Principal {
  const { principal } = somebody()
  return { ...principal, kind: 'link', grants: [{ actions: ['view'], scope: { kind: 'streams', streams: [stream] } }] }
}
