import type { Stream } from './stream.ts'

/** A watched stream appeared, disappeared, or changed its state or warnings. */
export interface StreamChange {
  readonly kind: 'joined' | 'left' | 'state'
  readonly stream: Stream
}

/**
 * The pending stream changes of a viewer. They are coalesced, not queued: there is at most one for each stream, and it
 * is described as it is when it is taken.
 */
export class StreamChanges {
  readonly #pending = new Map<Stream, StreamChange>()

  /** Like `left` and `changed`: @returns whether there is something new to report */
  joined(stream: Stream): boolean {
    this.#pending.set(stream, { kind: 'joined', stream })
    return true
  }

  /** If its appearance has not been reported yet, there is nothing to report. */
  left(stream: Stream): boolean {
    if (this.#pending.get(stream)?.kind === 'joined') {
      this.#pending.delete(stream)
      return false
    }
    this.#pending.set(stream, { kind: 'left', stream })
    return true
  }

  /** Its state or warnings have changed. */
  changed(stream: Stream): boolean {
    if (this.#pending.has(stream)) return false
    this.#pending.set(stream, { kind: 'state', stream })
    return true
  }

  /** Takes the next change; undefined if there is none. */
  take(): StreamChange | undefined {
    for (const change of this.#pending.values()) {
      this.#pending.delete(change.stream)
      return change
    }
    return undefined
  }

  clear(): void {
    this.#pending.clear()
  }
}
