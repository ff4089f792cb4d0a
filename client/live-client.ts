import type { Json } from '../src/core/json.ts'
import type { LiveNotice, LiveRequest, LiveStream } from '../src/wire/live-messages.ts'
import { CONNECTING, DISCONNECTED, type LiveState } from './codes.ts'
import { type CommandOptions, type CommandRoute, sendCommand } from './command.ts'
import { Emitter } from './emitter.ts'
import { type EventOptions, EventSubscription } from './event-subscription.ts'
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
 * Watches any number of streams, and events, over one connection to `/ws/live` that reconnects automatically and
 * restores its watches. Credit-based flow control: a frame is acknowledged when it is drawn (`PendingFrames`).
 */
export class LiveClient {
  readonly #now: () => number
  readonly #commands: CommandRoute
  readonly #connection: ReconnectingSocket
  readonly #heartbeat: Heartbeat
  readonly #events = new Emitter<LiveClientEvents>((error, name) => {
    // An error listener that throws must not be called with its own error.
    if (name === 'error') console.error(error)
    else this.#fail('listener', error)
  })
  readonly #ids = { last: 0 }
  readonly #list = new WatchList(
    this.#ids,
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
    failed: (error, watch) => this.#fail('listener', error, { watch }),
  })
  readonly #skipped = new SkippedFrames()
  readonly #subscriptions = new Map<number, EventSubscription>()
  #wasConnected = false

  /**
   * Does not connect yet; call `connect`.
   * @param url "ws://…/ws/live"; also "http://…", and the server's own address, perhaps with a path
   * @throws TypeError when the URL is invalid; RangeError when an option is out of range
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
    const socket = socketAddress(url, '/ws/live')
    this.#commands = { socket, token: options.token }
    this.#connection = new ReconnectingSocket(socket, options, {
      // Usable only after the server's "hello".
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

  /** Connects, and reconnects whenever the connection is lost. Does nothing unless disconnected. */
  connect(): void {
    this.#connection.connect()
  }

  /** Closes the connection and clears all timers. Watches and subscriptions are kept for the next `connect`. */
  disconnect(): void {
    this.#connection.disconnect({ code: DISCONNECTED.called, reason: 'disconnect called' })
  }

  /**
   * While connecting, retries at once instead of after the backoff delay: for a button, or when the network is back.
   */
  retry(): void {
    this.#connection.retry()
  }

  /** Adds a listener. @returns a function that removes it */
  on<Name extends keyof LiveClientEvents>(name: Name, listener: (event: LiveClientEvents[Name]) => void): () => void {
    return this.#events.on(name, listener)
  }

  /**
   * Starts a watch, at once or when connected.
   * @throws Error (with a sentence for people) when an option is not allowed
   */
  watch(options: WatchOptions): Watch {
    const watch = this.#list.add(options)
    this.#ask(watch)
    return watch
  }

  /**
   * Subscribes to events, at once or when connected.
   * @throws Error (with a sentence for people) when an option is not allowed
   */
  events(options: EventOptions = {}): EventSubscription {
    const subscription = new EventSubscription(this.#ids.last + 1, options, {
      closed: ({ id }) => {
        this.#subscriptions.delete(id)
        if (this.state === 'connected') this.#send({ type: 'unfollow', id })
      },
      failed: (error) => this.#fail('listener', error, { subscription }),
    })
    this.#ids.last = subscription.id
    this.#subscriptions.set(subscription.id, subscription)
    if (this.state === 'connected') this.#send(subscription.request)
    return subscription
  }

  /**
   * Gives a command, over HTTP: it needs no connection.
   * @returns its result
   * @throws CommandError, with a code for programs and the server's sentence
   */
  command(
    name: string,
    params: Readonly<Record<string, Json>> = {},
    options: CommandOptions = {},
  ): Promise<Readonly<Record<string, Json>>> {
    return sendCommand(this.#commands, name, params, options)
  }

  /** All streams known from the watches. */
  get streams(): readonly LiveStream[] {
    return this.#list.streams
  }

  /** ms to add to this machine's clock to get the server's; undefined before its first answer. */
  get clockOffset(): number | undefined {
    return this.#heartbeat.clock.offset
  }

  /** The round trip of the exchange that `clockOffset` comes from, ms. The offset's error is at most half of it. */
  get roundTrip(): number | undefined {
    return this.#heartbeat.clock.roundTrip
  }

  /** The estimated time of the server, whole ms since 1970; the local time before its first answer. */
  get serverNow(): number {
    return Math.round(this.#now() + (this.clockOffset ?? 0))
  }

  /** How old a frame is, ms, at least 0: since its capture where that is known (`LiveFrame.takenAt`), else since the server received it. */
  ageOf(frame: LiveFrame): number {
    return Math.max(0, this.serverNow - frame.takenAt)
  }

  /** Handles a message so that a malformed one is reported and does not break the connection. */
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
    for (const { request } of this.#subscriptions.values()) this.#send(request)
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
    } else if (notice.type === 'events') this.#subscriptions.get(notice.id)?.take(notice)
    else if (notice.type === 'clock') {
      const clock = this.#heartbeat.answered(notice)
      if (clock) this.#events.emit('clock', clock)
    } else if (notice.type === 'error') {
      const { code, message, id } = notice
      const watch = id === undefined ? undefined : this.#list.refused(id)
      const subscription = id === undefined ? undefined : this.#subscriptions.get(id)
      this.#tellError({ code, message, ...(watch && { watch }), ...(subscription && { subscription }) })
    }
  }

  #frame(message: ArrayBuffer): void {
    if (this.state !== 'connected') throw new Error('message: a picture came before "hello"')
    const { header, bytes } = readLiveFrame(message)
    const takers = this.#list.takersOf(header)
    // A stream without watches is not counted.
    const skipped =
      takers.length === 0 ? 0 : this.#skipped.add(header, header.values ? 'values' : 'pictures', header.sequence)
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
    // Before that, watches wait: `#greeted` requests all of them.
    if (this.state !== 'connected' || watch.isEnded) return
    this.#list.asked(watch)
    this.#send(watch.request)
  }

  #send(request: LiveRequest): void {
    this.#connection.send(JSON.stringify(request))
  }

  #fail(code: 'garbled' | 'listener', error: unknown, about: Pick<LiveError, 'watch' | 'subscription'> = {}): void {
    this.#tellError({ code, message: error instanceof Error ? error.message : String(error), ...about })
  }

  #tellError(error: LiveError): void {
    if (this.#events.isHeard('error')) this.#events.emit('error', error)
    else console.error(`${error.code}: ${error.message}`)
  }
}

/** The protocol version of `/ws/live`, which the server sends in its "hello". */
const PROTOCOL = 1
