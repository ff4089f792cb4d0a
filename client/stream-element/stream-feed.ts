import { isSameStream, type StreamName } from '../../src/core/stream-name.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { CONNECTING, DISCONNECTED, type LiveState } from '../codes.ts'
import type { LiveFrame } from '../live-frame.ts'
import type { Watch, WatchLimits } from '../watch.ts'
import type { SharedConnection } from './shared-connections.ts'

/** Why a stream is not shown. */
export interface FeedRefusal {
  /** `noAccess`: no right to see it; `outdated`: the page has an older client than the server; `failed`: else. */
  readonly kind: 'noAccess' | 'outdated' | 'failed'
  /** The server's sentence for people. */
  readonly reason: string
}

/** What is known about a stream. */
export interface FeedFacts {
  readonly connection: { readonly state: LiveState }
  /** Whether an attempt to connect has failed since the last connection. */
  readonly hasFailed: boolean
  /** undefined: unknown to the server, or not listed yet. */
  readonly stream: LiveStream | undefined
  /** Whether the server has answered which stream there is. */
  readonly isComplete: boolean
  readonly refusal: FeedRefusal | undefined
  /** The server's time, ms since 1970. */
  readonly now: number
}

/** The callbacks of a StreamFeed. */
export interface StreamFeedListener {
  /** A frame came; the next is sent once the promise has settled. */
  frame(frame: LiveFrame): Promise<void>
  /** `facts` may have changed, other than by time. */
  changed(): void
}

/** One stream over a shared connection: its frames while there is demand, and what the server says of it. */
export class StreamFeed {
  readonly #connection: SharedConnection
  readonly #stream: StreamName
  readonly #listener: StreamFeedListener
  readonly #removers: readonly (() => void)[]
  #watch: Watch | undefined
  #isComplete = false
  #hasFailed = false
  #refusal: FeedRefusal | undefined

  constructor(connection: SharedConnection, stream: StreamName, listener: StreamFeedListener) {
    this.#connection = connection
    this.#stream = stream
    this.#listener = listener
    const { client } = connection
    this.#removers = [
      client.on('connecting', ({ code }) => this.#connecting(code !== CONNECTING.called)),
      client.on('connected', () => this.#connecting(false)),
      client.on('disconnected', ({ code, reason }) => {
        if (code === DISCONNECTED.refused) this.#refuse({ kind: 'noAccess', reason })
        if (code === DISCONNECTED.protocol) this.#refuse({ kind: 'outdated', reason })
      }),
      client.on('watching', ({ watch }) => {
        if (watch !== this.#watch) return
        this.#isComplete = true
        listener.changed()
      }),
      client.on('stream', (changed) => isSameStream(changed, stream) && listener.changed()),
      client.on('left', (left) => isSameStream(left, stream) && listener.changed()),
      client.on('error', ({ code, message, watch }) => {
        if (watch === undefined || watch !== this.#watch || code === 'listener') return
        this.#refuse({ kind: code === 'forbidden' ? 'noAccess' : 'failed', reason: message })
      }),
    ]
  }

  get facts(): FeedFacts {
    const { client } = this.#connection
    return {
      connection: { state: client.state },
      hasFailed: this.#hasFailed,
      stream: client.streams.find((each) => isSameStream(each, this.#stream)),
      isComplete: this.#isComplete,
      refusal: this.#refusal,
      now: client.serverNow,
    }
  }

  /** Sets what can be used now; undefined: out of view, and nothing is sent. */
  setDemand(limits: WatchLimits | undefined): void {
    if (!limits) this.#unwatch()
    else if (this.#watch) this.#watch.change(limits)
    else this.#start(limits)
  }

  /** Ends it, but not the connection. No callback is called any more. */
  close(): void {
    for (const remove of this.#removers) remove()
    this.#unwatch()
  }

  #start(limits: WatchLimits): void {
    try {
      this.#watch = this.#connection.client.watch({
        ...this.#stream,
        ...limits,
        onFrame: (frame) => this.#take(frame),
      })
    } catch (error) {
      // A name that no stream can have.
      this.#refuse({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) })
    }
  }

  /** What could not be made for a while may come after all. */
  #take(frame: LiveFrame): Promise<void> {
    if (this.#refusal) {
      this.#refusal = undefined
      this.#listener.changed()
    }
    return this.#listener.frame(frame)
  }

  #unwatch(): void {
    this.#watch?.end()
    this.#watch = undefined
    this.#isComplete = false
  }

  #connecting(hasFailed: boolean): void {
    this.#hasFailed = hasFailed
    this.#isComplete = false
    this.#refusal = undefined
    this.#listener.changed()
  }

  #refuse(refusal: FeedRefusal): void {
    this.#refusal = refusal
    this.#listener.changed()
  }
}
