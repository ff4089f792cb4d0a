import { Refusal } from './errors.ts'
import { Quota, type QuotaBound, type QuotaRules } from './quota.ts'
import type { QuotaClient } from './quota-client.ts'
import type { Stream } from './stream.ts'
import { nameId, type StreamName, streamId } from './stream-name.ts'

/** All streams by name and by label, with a limit on their number that is shared by those who open them. */
export class StreamTable {
  readonly #places: Quota
  readonly #streams = new Map<string, Stream>()
  /** By `nameId`. */
  readonly #labels = new Map<string, { readonly label: string; readonly streams: Set<Stream> }>()
  /** Places reserved for streams that do not exist yet, since their first frame is waiting for the store; for whom. */
  readonly #reserved = new Map<string, QuotaClient>()

  /** @param places how many streams there may be */
  constructor(places: QuotaRules) {
    this.#places = new Quota(places)
  }

  /** The number of streams. */
  get size(): number {
    return this.#streams.size
  }

  get(name: StreamName): Stream | undefined {
    return this.#streams.get(streamId(name))
  }

  /** The streams of a label, or all. */
  of(label?: string): Iterable<Stream> {
    return label === undefined ? this.#streams.values() : (this.#labels.get(nameId(label))?.streams ?? [])
  }

  /** The labels that have streams. */
  get labels(): readonly string[] {
    return Array.from(this.#labels.values(), ({ label }) => label)
  }

  /** A name in the spelling that came first: that of the stream, or else that of the label. */
  spelled(name: StreamName): StreamName {
    const known = this.get(name)?.name
    if (known) return known
    const { label = name.label } = this.#labels.get(nameId(name.label)) ?? {}
    return label === name.label ? name : { label, key: name.key }
  }

  /**
   * Reserves a place for a stream, until it is added or revived; does nothing if it has one.
   * @throws Refusal `exhausted` when there are too many streams; `limited` when this owner has too many
   */
  reserve(name: StreamName, owner: QuotaClient): void {
    const id = streamId(name)
    const known = this.#streams.get(id)
    if ((known && !known.remembered) || this.#reserved.has(id)) return
    const bound = this.#places.take(owner.client, 1, owner.isPrivileged)
    if (bound) throw this.#refusal(bound)
    this.#reserved.set(id, owner)
  }

  /** For whom a place is reserved. */
  reservedFor(name: StreamName): QuotaClient | undefined {
    return this.#reserved.get(streamId(name))
  }

  /** Adds a stream, in the place that was reserved for it. One that is only remembered takes none from anybody. */
  add(stream: Stream): void {
    const id = streamId(stream.name)
    if (!stream.remembered) this.#takePlace(id, stream.owner)
    this.#streams.set(id, stream)
    const { label } = stream.name
    const known = this.#labels.get(nameId(label))
    if (known) known.streams.add(stream)
    else this.#labels.set(nameId(label), { label, streams: new Set([stream]) })
  }

  /** A stream that was only remembered takes the place that was reserved for it. @param now ms since 1970 */
  revive(stream: Stream, owner: QuotaClient, now: number): void {
    this.#takePlace(streamId(stream.name), owner)
    stream.revive(owner, now)
  }

  /** Removes a stream and gives its place back; does nothing if it is not in the table. */
  remove({ name }: Stream): void {
    const stream = this.get(name)
    if (!stream) return
    if (!stream.remembered) this.#places.give(stream.owner.client, 1)
    this.#streams.delete(streamId(name))
    const label = nameId(name.label)
    const streams = this.#labels.get(label)?.streams
    streams?.delete(stream)
    if (streams?.size === 0) this.#labels.delete(label)
  }

  #takePlace(id: string, owner: QuotaClient): void {
    // The stream may have been removed while a frame of it was waiting for the store.
    if (!this.#reserved.delete(id)) this.#places.add(owner.client, 1)
  }

  #refusal(bound: QuotaBound): Refusal {
    const { max, share, reserved = 0 } = this.#places.rules
    switch (bound) {
      case 'share':
        return new Refusal('limited', `you have opened ${share} streams, which is the limit (streams.per_publisher)`, {
          limit: 'streams.per_publisher',
        })
      case 'open':
        return new Refusal(
          'exhausted',
          `there are ${max - reserved} streams already; the other ${reserved} are kept for admins and for publishers of everything (streams.reserved)`,
          { limit: 'streams.reserved' },
        )
      case 'max':
        return new Refusal('exhausted', `there are ${max} streams already, which is the limit (streams.max)`, {
          limit: 'streams.max',
        })
    }
  }
}
