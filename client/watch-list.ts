import { type StreamName, streamId } from '../src/core/stream-name.ts'
import type { LiveStream } from '../src/wire/live-messages.ts'
import { Watch, type WatchOptions, type WatchOwner } from './watch.ts'

/** What a list of watches tells of their streams. */
export interface StreamListener {
  /** A stream is there, or is not what it was. */
  there(stream: LiveStream): void
  /** A stream is not there any more. */
  left(stream: LiveStream): void
  /** A stream is forgotten: it may be there, but nobody watches it any more. */
  forgotten(stream: LiveStream): void
}

/** The watches of a client and the streams they have told of, over all reconnects. */
export class WatchList {
  readonly #owner: WatchOwner
  readonly #listener: StreamListener
  readonly #watches = new Map<number, Watch>()
  readonly #streams = new Map<string, LiveStream>()
  /** How each watch that was asked for on this connection stands. */
  readonly #requestStates = new Map<Watch, 'asked' | 'answered' | 'refused'>()
  #lastId = 0

  constructor(owner: WatchOwner, listener: StreamListener) {
    this.#owner = owner
    this.#listener = listener
  }

  get watches(): readonly Watch[] {
    return [...this.#watches.values()]
  }

  get streams(): readonly LiveStream[] {
    return [...this.#streams.values()]
  }

  /** Adds a watch with a number that was never given. @throws Error with a sentence when an option is not allowed */
  add(options: WatchOptions): Watch {
    const watch = new Watch(this.#lastId + 1, options, this.#owner)
    this.#lastId = watch.id
    this.#watches.set(watch.id, watch)
    return watch
  }

  /** The watches that a stream's pictures are for. */
  takersOf(stream: StreamName): Watch[] {
    return this.watches.filter((watch) => watch.wantsFramesOf(stream))
  }

  /** A watch was asked for. */
  asked(watch: Watch): void {
    if (!this.#requestStates.has(watch)) this.#requestStates.set(watch, 'asked')
  }

  /** The connection is gone, and with it all answers. What streams there are is known until the next ones. */
  lost(): void {
    this.#requestStates.clear()
  }

  /**
   * The server named what matches a watch.
   * @returns the watch; undefined: it has ended since
   */
  answered(id: number, streams: readonly LiveStream[]): Watch | undefined {
    const watch = this.#watches.get(id)
    if (!watch) return undefined
    this.#requestStates.set(watch, 'answered')
    for (const stream of streams) this.there(stream)
    // What was there before the connection broke and is not named now has gone meanwhile.
    const named = new Set(streams.map(streamId))
    for (const stream of this.streams) if (watch.fits(stream) && !named.has(streamId(stream))) this.left(stream)
    return watch
  }

  /**
   * The server refused something about a watch.
   * @returns the watch; undefined: there is no such watch any more
   */
  refused(id: number): Watch | undefined {
    const watch = this.#watches.get(id)
    // One that was answered goes on as it was.
    if (!watch || this.#requestStates.get(watch) !== 'asked') return watch
    this.#requestStates.set(watch, 'refused')
    for (const stream of this.#onlyIn(watch)) this.left(stream)
    return watch
  }

  /** A watch has ended: what only it has told of is forgotten. */
  ended(watch: Watch): void {
    this.#watches.delete(watch.id)
    this.#requestStates.delete(watch)
    for (const stream of this.#onlyIn(watch)) {
      this.#streams.delete(streamId(stream))
      this.#listener.forgotten(stream)
    }
  }

  /** A stream is there, or is not what it was. */
  there(stream: LiveStream): void {
    // News of a watch that has ended may come late.
    if (!this.#isWatched(stream)) return
    this.#streams.set(streamId(stream), stream)
    this.#listener.there(stream)
  }

  /** A stream is not there any more. */
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
