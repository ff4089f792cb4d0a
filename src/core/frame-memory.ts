import { Refusal } from './errors.ts'
import { Quota, type QuotaBound, type QuotaRules } from './quota.ts'
import type { QuotaClient } from './quota-client.ts'
import type { Stream } from './stream.ts'

/** What a frame takes in memory, or all kept frames of a stream, in bytes. */
export interface Weight {
  /** All of it. */
  readonly weight: number
  /** Without payloads, which lie outside the heap of JavaScript: that has a limit of its own, and ends the process. */
  readonly metadataWeight: number
}

/** How much memory the recent frames of all streams may take, in bytes. */
export interface FrameMemoryRules {
  /** All of it. */
  readonly total: QuotaRules
  /** What came with the payloads. */
  readonly metadata: QuotaRules
}

/** One of the two limits. */
interface Limit {
  readonly quota: Quota
  readonly of: (weight: Weight) => number
  /** The settings, and what they limit. */
  readonly settings: Readonly<Record<QuotaBound, string>>
  readonly what: string
}

/**
 * The memory that the recent frames of all streams take, shared by those who opened the streams. Only the newest frame of
 * a stream is needed, so older ones make room for a new one: those of the same stream, then those of its owner's other
 * streams, then anybody's. Newest frames are never dropped, only replaced by the next of the stream.
 */
export class FrameMemory {
  readonly #total: Limit
  readonly #metadata: Limit
  /** The streams that have older frames. One from which a frame was dropped goes to the end (Sets keep their order). */
  readonly #spare = new Set<Stream>()
  /** The same for each owner. */
  readonly #spareOf = new Map<string | undefined, Set<Stream>>()

  constructor({ total, metadata }: FrameMemoryRules) {
    this.#total = {
      quota: new Quota(total),
      of: ({ weight }) => weight,
      what: 'frames',
      settings: {
        share: 'streams.bytes_per_publisher',
        open: 'streams.bytes_reserved',
        max: 'streams.total_bytes',
      },
    }
    this.#metadata = {
      quota: new Quota(metadata),
      of: ({ metadataWeight }) => metadataWeight,
      what: 'metadata and annotations',
      settings: {
        share: 'streams.metadata_bytes_per_publisher',
        open: 'streams.metadata_bytes_reserved',
        max: 'streams.total_metadata_bytes',
      },
    }
  }

  /** How much is taken. */
  get used(): Weight {
    return { weight: this.#total.quota.used, metadataWeight: this.#metadata.quota.used }
  }

  /**
   * Makes room for a frame, dropping older ones if necessary.
   * @param stream undefined if it does not exist yet
   * @throws Refusal `exhausted` when the newest frames of all streams take too much memory; `limited` when those of this
   *   owner's do
   */
  makeRoom(owner: QuotaClient, stream: Stream | undefined, frame: Weight): void {
    this.#makeRoom(this.#total, owner, stream, frame)
    this.#makeRoom(this.#metadata, owner, stream, frame)
  }

  /** Counts a frame that a stream has taken. @param before the weight of the stream without it */
  taken(stream: Stream, before: Weight): void {
    this.#update(stream, before)
    while ((isExceeded(this.#total, stream) || isExceeded(this.#metadata, stream)) && this.#dropOldest(stream));
  }

  /** No longer counts a stream. */
  remove(stream: Stream): void {
    this.#count(stream, stream, NOTHING)
    this.#forget(stream)
  }

  #makeRoom(limit: Limit, owner: QuotaClient, stream: Stream | undefined, frame: Weight): void {
    const { quota, of } = limit
    const exceeds = (more: number) => quota.exceeds(owner.client, more, owner.isPrivileged)
    while (stream && exceeds(of(frame)) && this.#dropOldest(stream));
    const more = of(frame) - (stream ? of(stream) : 0)
    for (;;) {
      const bound = more > 0 ? exceeds(more) : undefined
      if (!bound) return
      const [next] = this.#spareOf.get(owner.client) ?? (bound === 'share' ? [] : this.#spare)
      if (!next || !this.#dropOldest(next)) throw refusal(limit, bound)
    }
  }

  #dropOldest(stream: Stream): boolean {
    const before = weightOf(stream)
    if (!stream.dropOldest()) return false
    this.#forget(stream)
    this.#update(stream, before)
    return true
  }

  #update(stream: Stream, before: Weight): void {
    this.#count(stream, before, stream)
    if (!stream.hasOlder) {
      this.#forget(stream)
      return
    }
    const { client } = stream.owner
    this.#spare.add(stream)
    const others = this.#spareOf.get(client)
    if (others) others.add(stream)
    else this.#spareOf.set(client, new Set([stream]))
  }

  #count({ owner }: Stream, before: Weight, now: Weight): void {
    this.#total.quota.add(owner.client, now.weight - before.weight)
    this.#metadata.quota.add(owner.client, now.metadataWeight - before.metadataWeight)
  }

  /** Has no older frames of the stream to drop. */
  #forget(stream: Stream): void {
    if (!this.#spare.delete(stream)) return
    const { client } = stream.owner
    const others = this.#spareOf.get(client)
    others?.delete(stream)
    if (others?.size === 0) this.#spareOf.delete(client)
  }
}

/** The weight of a stream as it is now. */
export function weightOf({ weight, metadataWeight }: Stream): Weight {
  return { weight, metadataWeight }
}

const NOTHING: Weight = { weight: 0, metadataWeight: 0 }

function isExceeded({ quota }: Limit, { owner }: Stream): boolean {
  return quota.exceeds(owner.client, 0, owner.isPrivileged) !== undefined
}

function refusal({ quota, what, settings }: Limit, bound: QuotaBound): Refusal {
  const { max, share, reserved = 0 } = quota.rules
  const limit = settings[bound]
  const written = (bytes: number) => bytes.toLocaleString('en-US')
  switch (bound) {
    case 'share':
      return new Refusal('limited', `the newest ${what} of your streams take ${written(share)} bytes (${limit})`, {
        limit,
      })
    case 'open':
      return new Refusal(
        'exhausted',
        `the newest ${what} of all streams take ${written(max - reserved)} bytes; the rest is kept for admins and for publishers of everything (${limit})`,
        { limit },
      )
    case 'max':
      return new Refusal('exhausted', `the newest ${what} of all streams take ${written(max)} bytes (${limit})`, {
        limit,
      })
  }
}
