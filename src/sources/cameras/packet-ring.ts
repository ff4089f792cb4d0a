import type { VideoPacket } from '../../core/video.ts'

/** How much of a video is kept at hand. */
export interface RingLimits {
  readonly bytes: number
  /** Of video, ms. */
  readonly duration: number
}

/**
 * The packets of a video from its last key frame on (a group of pictures): whoever begins to decode finds a picture at once
 * and need not wait for the next key frame. A group beyond the limits is dropped as a whole, since its rest alone is no use.
 */
export class PacketRing {
  readonly #limits: RingLimits
  #packets: VideoPacket[] = []
  #bytes = 0

  constructor(limits: RingLimits) {
    this.#limits = limits
  }

  /** From a key frame on, in the order in which they are decoded; empty until one has come. */
  get packets(): readonly VideoPacket[] {
    return this.#packets
  }

  /** How much memory they take, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  add(packet: VideoPacket): void {
    if (packet.isKey) this.clear()
    const [first] = this.#packets
    if (!first && !packet.isKey) return
    this.#packets.push(packet)
    this.#bytes += packet.bytes.length
    const duration = packet.arrivedAt - (first ?? packet).arrivedAt
    if (this.#bytes > this.#limits.bytes || duration > this.#limits.duration) this.clear()
  }

  clear(): void {
    this.#packets = []
    this.#bytes = 0
  }
}
