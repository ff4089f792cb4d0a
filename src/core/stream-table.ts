import { Refusal } from './errors.ts'
import type { Stream } from './stream.ts'
import { type StreamName, streamId } from './stream-name.ts'

/** All streams by name and by label, with a limit on their number. */
export class StreamTable {
  readonly #max: number
  readonly #streams = new Map<string, Stream>()
  readonly #labels = new Map<string, Set<Stream>>()
  /** Names reserved for streams that do not exist yet: their first frame is waiting for the store. */
  readonly #reserved = new Set<string>()

  /** @param max how many streams there may be */
  constructor(max: number) {
    this.#max = max
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
    return label === undefined ? this.#streams.values() : (this.#labels.get(label) ?? [])
  }

  /** Reserves a place for a stream, until it is added. @throws Refusal `exhausted` when there are too many streams */
  reserve(name: StreamName): void {
    const id = streamId(name)
    if (this.#streams.has(id) || this.#reserved.has(id)) return
    if (this.#streams.size + this.#reserved.size >= this.#max)
      throw new Refusal('exhausted', `there are ${this.#max} streams already, which is the limit (streams.max)`, {
        limit: 'streams.max',
      })
    this.#reserved.add(id)
  }

  /** Adds a stream for which a place was reserved. */
  add(stream: Stream): void {
    const id = streamId(stream.name)
    this.#reserved.delete(id)
    this.#streams.set(id, stream)
    const { label } = stream.name
    this.#labels.set(label, (this.#labels.get(label) ?? new Set()).add(stream))
  }

  /** Removes a stream; does nothing if it is not in the table. */
  remove({ name }: Stream): void {
    const stream = this.get(name)
    if (!stream) return
    this.#streams.delete(streamId(name))
    const label = this.#labels.get(name.label)
    label?.delete(stream)
    if (label?.size === 0) this.#labels.delete(name.label)
  }
}
