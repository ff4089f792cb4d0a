import type { Stream } from './stream.ts'

/** Something happened to a stream that a viewer watches: it came, went, or its state or warnings changed. */
export interface StreamChange {
  readonly kind: 'joined' | 'left' | 'state'
  readonly stream: Stream
}

/**
 * The changes that a viewer has not been told of yet. They are merged, never queued: of each stream there is one at
 * most, and it is told as it is then.
 */
export class StreamChanges {
  readonly #untold = new Map<Stream, StreamChange>()

  /** @returns whether there is something new to tell, as of all that follow */
  joined(stream: Stream): boolean {
    this.#untold.set(stream, { kind: 'joined', stream })
    return true
  }

  /** Of one whose coming has not been told yet nothing need be told. */
  left(stream: Stream): boolean {
    if (this.#untold.get(stream)?.kind === 'joined') {
      this.#untold.delete(stream)
      return false
    }
    this.#untold.set(stream, { kind: 'left', stream })
    return true
  }

  /** Its state or its warnings are others. */
  changed(stream: Stream): boolean {
    if (this.#untold.has(stream)) return false
    this.#untold.set(stream, { kind: 'state', stream })
    return true
  }

  /** The next, which is told with this; undefined: there is none. */
  take(): StreamChange | undefined {
    for (const change of this.#untold.values()) {
      this.#untold.delete(change.stream)
      return change
    }
    return undefined
  }

  clear(): void {
    this.#untold.clear()
  }
}
