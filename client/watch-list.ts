import { type StreamName, streamId } from '../src/core/stream-name.ts'
import type { LiveFrameHeader, LiveStream } from '../src/wire/live-messages.ts'
import { Watch, type WatchOptions, type WatchOwner } from './watch.ts'

/** The ids that a client has given to watches and to subscriptions, which share them: an error names only the id. */
export interface RequestIds {
  last: number
}

/** The callbacks of a WatchList. */
export interface StreamListener {
  /** A stream was added or has changed. */
  there(stream: LiveStream): void
  /** A stream was removed. */
  left(stream: LiveStream): void
  /** A stream may still exist, but its last watch has ended. */
  forgotten(stream: LiveStream): void
}

/** The watches of a client and the streams known from them, kept across reconnects. */
export class WatchList {
  readonly #owner: WatchOwner
  readonly #listener: StreamListener
  readonly #watches = new Map<number, Watch>()
  readonly #streams = new Map<string, LiveStream>()
  /** The state of each watch that was requested on this connection. */
  readonly #requestStates = new Map<Watch, 'asked' | 'answered' | 'refused'>()
  readonly #ids: RequestIds

  constructor(ids: RequestIds, owner: WatchOwner, listener: StreamListener) {
    this.#ids = ids
    this.#owner = owner
    this.#listener = listener
  }

  get watches(): readonly Watch[] {
    return [...this.#watches.values()]
  }

  get streams(): readonly LiveStream[] {
    return [...this.#streams.values()]
  }

  /** Adds a watch with a new id. @throws Error (with a sentence for people) when an option is not allowed */
  add(options: WatchOptions): Watch {
    const watch = new Watch(this.#ids.last + 1, options, this.#owner)
    this.#ids.last = watch.id
    this.#watches.set(watch.id, watch)
    return watch
  }

  /** The watches that want a frame: of arrays pictures or values, as each asks. */
  takersOf(header: LiveFrameHeader): Watch[] {
    return this.watches.filter((watch) => watch.wants(header))
  }

  /** A watch was requested from the server. */
  asked(watch: Watch): void {
    if (!this.#requestStates.has(watch)) this.#requestStates.set(watch, 'asked')
  }

  /** The connection was lost, and with it all answers. The known streams are kept until the next answers. */
  lost(): void {
    this.#requestStates.clear()
  }

  /**
   * The server has listed the streams of a watch.
   * @returns the watch; undefined if it has ended meanwhile
   */
  answered(id: number, streams: readonly LiveStream[]): Watch | undefined {
    const watch = this.#watches.get(id)
    if (!watch) return undefined
    this.#requestStates.set(watch, 'answered')
    for (const stream of streams) this.there(stream)
    // Known streams that are not listed were removed while the connection was lost.
    const named = new Set(streams.map(streamId))
    for (const stream of this.streams) if (watch.fits(stream) && !named.has(streamId(stream))) this.left(stream)
    return watch
  }

  /**
   * The server has refused a request of a watch.
   * @returns the watch; undefined if it has ended meanwhile
   */
  refused(id: number): Watch | undefined {
    const watch = this.#watches.get(id)
    // Only a change was refused: the watch continues as it was.
    if (!watch || this.#requestStates.get(watch) !== 'asked') return watch
    this.#requestStates.set(watch, 'refused')
    for (const stream of this.#onlyIn(watch)) this.left(stream)
    return watch
  }

  /** A watch has ended: streams known only from it are forgotten. */
  ended(watch: Watch): void {
    this.#watches.delete(watch.id)
    this.#requestStates.delete(watch)
    for (const stream of this.#onlyIn(watch)) {
      this.#streams.delete(streamId(stream))
      this.#listener.forgotten(stream)
    }
  }

  /** A stream was added or has changed. */
  there(stream: LiveStream): void {
    // A late message for a watch that has ended.
    if (!this.#isWatched(stream)) return
    this.#streams.set(streamId(stream), stream)
    this.#listener.there(stream)
  }

  /** A stream was removed. */
  left(stream: LiveStream): void {
    if (this.#streams.delete(streamId(stream))) this.#listener.left(stream)
  }

  #onlyIn(watch: Watch): LiveStream[] {
    return this.streams.filter((stream) => watch.fits(stream) && !this.#isWatched(stream))
  }

  #isWatched(stream: StreamName): boolean {
    return this.watches.some((watch) => this.#requestStates.get(watch) !== 'refused' && watch.fits(stream))
  }
}
