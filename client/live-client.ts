import type { LiveNotice, LiveRequest, LiveStream } from '../src/wire/live-messages.ts'
import { CONNECTING, DISCONNECTED, type LiveState } from './codes.ts'
import { Emitter } from './emitter.ts'
import { Heartbeat } from './heartbeat.ts'
import type { LiveClientEvents, LiveError } from './live-events.ts'
import { LiveFrame, readLiveFrame } from './live-frame.ts'
import { type Greeting, readLiveNotice } from './live-notice.ts'
import type { LiveClientOptions } from './live-options.ts'
import { PendingFrames } from './pending-frames.ts'
import { ReconnectingSocket } from './reconnecting-socket.ts'
import { SkippedFrames } from './skipped-frames.ts'
import { socketAddress } from './socket-address.ts'
import type { Watch, WatchOptions } from './watch.ts'
import { WatchList } from './watch-list.ts'

/**
 * Watches any number of streams over one connection to `/ws/live`, which reconnects by itself with all its watches. Flow
 * control by credits: a frame is confirmed when it is drawn (`PendingFrames`).
 */
export class LiveClient {
  readonly #now: () => number
  readonly #connection: ReconnectingSocket
  readonly #heartbeat: Heartbeat
  readonly #events = new Emitter<LiveClientEvents>((error, name) => {
    // The listeners of errors are not told that they threw.
    if (name === 'error') console.error(error)
    else this.#fail('listener', error)
  })
  readonly #list = new WatchList(
    {
      changed: (watch) => this.#ask(watch),
      ended: (watch) => this.#ended(watch),
    },
    {
      there: (stream) => this.#events.emit('stream', stream),
      left: (stream) => {
        this.#skipped.delete(stream)
        this.#events.emit('left', stream)
      },
      forgotten: (stream) => this.#skipped.delete(stream),
    },
  )
  readonly #pendingFrames = new PendingFrames({
    done: (n) => this.#send({ type: 'credit', n }),
    failed: (error, watch) => this.#fail('listener', error, watch),
  })
  readonly #skipped = new SkippedFrames()
  #wasConnected = false

  /**
   * Does not connect by itself.
   * @param url "ws://…/ws/live"; also "http://…", and without the path
   * @throws Error with a sentence when the address or an option is not allowed
   */
  constructor(url: string, options: LiveClientOptions = {}) {
    const { clockPeriod: period = 2500, maxSilence = 6000, now = Date.now } = options
    this.#now = now
    this.#heartbeat = new Heartbeat({
      period,
      maxSilence,
      now,
      ask: (t0) => this.#send({ type: 'clock', t0 }),
      timedOut: () =>
        this.#connection.reconnect({ code: CONNECTING.noAnswer, reason: `no answer for ${maxSilence} ms` }),
    })
    this.#connection = new ReconnectingSocket(socketAddress(url, '/ws/live'), options, {
      // It may be used when the server has greeted.
      opened: () => {},
      text: (text) => this.#take(() => this.#text(text)),
      binary: (message) => this.#take(() => this.#frame(message)),
      lost: () => this.#lost(),
      changed: (state, why) => this.#events.emit(state, why),
    })
  }

  get state(): LiveState {
    return this.#connection.state
  }

  /** Connects, and again whenever the connection is lost. Does nothing unless disconnected. */
  connect(): void {
    this.#connection.connect()
  }

  /** Ends the connection and leaves no timer behind. The watches are kept for the next `connect`. */
  disconnect(): void {
    this.#connection.disconnect({ code: DISCONNECTED.called, reason: 'disconnect called' })
  }

  /** While connecting, tries at once: for a button, or when the network seems to be back. */
  retry(): void {
    this.#connection.retry()
  }

  /** Listens. @returns ends that */
  on<Name extends keyof LiveClientEvents>(name: Name, listener: (event: LiveClientEvents[Name]) => void): () => void {
    return this.#events.on(name, listener)
  }

  /** Starts a watch, now or with the connection. @throws Error with a sentence when an option is not allowed */
  watch(options: WatchOptions): Watch {
    const watch = this.#list.add(options)
    this.#ask(watch)
    return watch
  }

  /** All streams that the watches have told of. */
  get streams(): readonly LiveStream[] {
    return this.#list.streams
  }

  /** ms to add to this machine's clock to get the server's; undefined before its first answer. */
  get clockOffset(): number | undefined {
    return this.#heartbeat.clock.offset
  }

  /** ms, of the exchange that `clockOffset` comes from, which is wrong by half of it at most. */
  get roundTrip(): number | undefined {
    return this.#heartbeat.clock.roundTrip
  }

  /** The server's time, ms since 1970, as far as it can be told from here. */
  get serverNow(): number {
    return this.#now() + (this.clockOffset ?? 0)
  }

  /** How long ago the server received a frame, ms, never below 0. */
  ageOf(frame: LiveFrame): number {
    return Math.max(0, this.serverNow - frame.receivedAt)
  }

  /** Whatever the server sends, or something between, one bad message must not end the picture. */
  #take(read: () => void): void {
    this.#heartbeat.heard()
    try {
      read()
    } catch (error) {
      this.#fail('garbled', error)
    }
  }

  #text(text: string): void {
    const notice = readLiveNotice(text)
    if (notice?.type === 'hello') this.#greeted(notice)
    else if (this.state !== 'connected') throw new Error('message: came before "hello"')
    else if (notice) this.#notice(notice)
  }

  #greeted({ protocol, version }: Greeting): void {
    if (this.state !== 'connecting') return
    if (protocol !== PROTOCOL) {
      const reason = `the server speaks protocol ${protocol}, this client ${PROTOCOL}`
      this.#connection.disconnect({ code: DISCONNECTED.protocol, reason })
      return
    }
    this.#connection.established()
    this.#connection.proven()
    this.#heartbeat.start()
    for (const watch of this.#list.watches) this.#ask(watch)
    const isReconnected = this.#wasConnected
    this.#wasConnected = true
    this.#events.emit('connected', { version, isReconnected })
  }

  #notice(notice: Exclude<LiveNotice, { type: 'hello' }>): void {
    if (notice.type === 'watching') {
      const { id, streams } = notice
      const watch = this.#list.answered(id, streams)
      if (watch) this.#events.emit('watching', { watch, streams })
    } else if (notice.type === 'stream') {
      if (notice.event === 'left') this.#list.left(notice.stream)
      else this.#list.there(notice.stream)
    } else if (notice.type === 'clock') {
      const clock = this.#heartbeat.answered(notice)
      if (clock) this.#events.emit('clock', clock)
    } else if (notice.type === 'error') {
      const { code, message, id } = notice
      const watch = id === undefined ? undefined : this.#list.refused(id)
      this.#tellError({ code, message, ...(watch && { watch }) })
    }
  }

  #frame(message: ArrayBuffer): void {
    if (this.state !== 'connected') throw new Error('message: a picture came before "hello"')
    const { header, bytes } = readLiveFrame(message)
    const takers = this.#list.takersOf(header)
    // Of one that nobody takes any more nothing is kept.
    const skipped = takers.length === 0 ? 0 : this.#skipped.add(header, header.sequence)
    this.#pendingFrames.deliver(header.n, new LiveFrame(header, bytes, skipped), takers)
  }

  #ended(watch: Watch): void {
    this.#list.ended(watch)
    this.#pendingFrames.ended(watch)
    if (this.state === 'connected') this.#send({ type: 'unwatch', id: watch.id })
  }

  #lost(): void {
    this.#heartbeat.stop()
    this.#list.lost()
    this.#pendingFrames.clear()
    this.#skipped.clear()
  }

  #ask(watch: Watch): void {
    // Those that wait for the connection are asked for when the server has greeted.
    if (this.state !== 'connected' || watch.isEnded) return
    this.#list.asked(watch)
    this.#send(watch.request)
  }

  #send(request: LiveRequest): void {
    this.#connection.send(JSON.stringify(request))
  }

  #fail(code: 'garbled' | 'listener', error: unknown, watch?: Watch): void {
    this.#tellError({ code, message: error instanceof Error ? error.message : String(error), ...(watch && { watch }) })
  }

  #tellError(error: LiveError): void {
    if (this.#events.isHeard('error')) this.#events.emit('error', error)
    else console.error(`${error.code}: ${error.message}`)
  }
}

/** Of `/ws/live`, which the server names in its greeting. */
const PROTOCOL = 1
