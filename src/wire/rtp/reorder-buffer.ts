import { type RtpPacket, sequenceDistance } from './rtp-packet.ts'

/** Takes packets in order. @param lost how many are missing before it; they will not come */
export type InOrder = (packet: RtpPacket, lost: number) => void

/**
 * Puts packets into order. What comes too early waits until what is missing has come, or so many wait that it will not
 * come any more. Old and repeated packets are dropped. Packets that wait are copied.
 */
export class ReorderBuffer {
  readonly #depth: number
  readonly #listener: InOrder
  readonly #waiting = new Map<number, RtpPacket>()
  #source: number | undefined
  #next = 0
  #late = 0

  /** @param depth how many packets may wait; 0 where they come in order (over TCP) */
  constructor(depth: number, listener: InOrder) {
    this.#depth = depth
    this.#listener = listener
  }

  take(packet: RtpPacket): void {
    const ahead = sequenceDistance(this.#next, packet.sequence)
    if (packet.source !== this.#source) this.#begin(packet)
    else if (ahead === 0) this.#pass(packet, 0)
    else if (ahead < 0) this.#old(packet)
    else if (this.#depth === 0) this.#pass(packet, ahead)
    else this.#hold(packet)
  }

  /** Old ones are repetitions, unless many come one after the other: then the sender counts anew. */
  #old(packet: RtpPacket): void {
    if (++this.#late <= MOST_LATE) return
    this.#waiting.clear()
    this.#pass(packet, 1)
  }

  #hold(packet: RtpPacket): void {
    this.#waiting.set(packet.sequence, { ...packet, payload: new Uint8Array(packet.payload) })
    if (this.#waiting.size <= this.#depth) return
    const ahead = ({ sequence }: RtpPacket) => sequenceDistance(this.#next, sequence)
    const nearest = [...this.#waiting.values()].reduce((one, other) => (ahead(one) <= ahead(other) ? one : other))
    this.#waiting.delete(nearest.sequence)
    this.#pass(nearest, ahead(nearest))
  }

  /** Passes it on, and what has waited for it. */
  #pass(packet: RtpPacket, lost: number): void {
    this.#late = 0
    this.#listener(packet, lost)
    this.#next = following(packet)
    for (let next = this.#waiting.get(this.#next); next; next = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next)
      this.#next = following(next)
      this.#listener(next, 0)
    }
  }

  /** The first sender, or another one: what waits of the one before has lost its order. */
  #begin(packet: RtpPacket): void {
    const isFirst = this.#source === undefined
    this.#source = packet.source
    this.#waiting.clear()
    this.#pass(packet, isFirst ? 0 : 1)
  }
}

function following({ sequence }: RtpPacket): number {
  return (sequence + 1) & 0xffff
}

/** So many old packets in a row are no repetitions. */
const MOST_LATE = 100
