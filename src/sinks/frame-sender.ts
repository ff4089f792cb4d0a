import type { Clock } from '../core/clock.ts'
import type { Connection } from '../core/connection.ts'
import type { Counters } from '../core/counters.ts'
import type { Accepts, FrameEncoder } from '../core/frame.ts'
import type { Hub } from '../core/hub.ts'
import type { Log } from '../core/log.ts'
import type { Payload } from '../core/payload.ts'
import type { Principal } from '../core/principal.ts'
import { type ProbePace, SendWindow } from '../core/send-window.ts'
import type { SocketListener } from '../core/socket.ts'
import type { Viewer } from '../core/viewer.ts'
import { pongSerial, type WireMessage } from '../wire/ws-frame.ts'

/** What every sink is handed by `server.ts`. */
export interface SinkParts {
  readonly hub: Hub
  readonly clock: Clock
  readonly pace: ProbePace
  readonly counters: Counters
  readonly log: Log
}

/** A message that nobody confirms, as its connection writes it. */
export interface PlainMessage {
  readonly plain: Uint8Array
  readonly probed?: undefined
  readonly serial?: undefined
}

/** A message that is due, and when what it shows was received (ms since 1970). */
export interface OutgoingMessage<Message> {
  readonly message: Message
  readonly receivedAt: number
}

/** Where a sender takes its messages from. */
export interface MessageSource<Message> {
  /** Whether something waits that would be sent now if the link allowed it. */
  isWaiting(): boolean
  /** The next message; undefined: none; a number: none before that time (ms since 1970). Counts what it gives out. */
  next(now: number): OutgoingMessage<Message> | number | undefined
}

/** How a dialect sends. */
export type FrameSenderOptions<Carried extends Payload> = {
  /** Its name in the counts. */
  readonly dialect: string
  /** The frames that it can write: `IMAGES`, say. */
  readonly accepts: Accepts<Carried>
  /** Tells the peer of the viewer's streams; called before frames are sent. */
  readonly tellChanges?: (viewer: Viewer<Carried>) => void
} & (
  | {
      /** How the peer confirms what it read: the pong to a ping behind the message, or a credit of its own. */
      readonly confirmation: 'pong' | 'credit'
      readonly messages: (viewer: Viewer<Carried>) => MessageSource<WireMessage>
    }
  | {
      /** Never: it is held back by what the kernel did not take, and by nothing else. */
      readonly confirmation: 'none'
      readonly messages: (viewer: Viewer<Carried>) => MessageSource<PlainMessage>
    }
)

/**
 * Sends what a viewer is due, as fast as its link takes it: the one way from the hub to a connection. Backpressure
 * (what the kernel does not take) and flow control (`core/send-window.ts`) hold it back.
 */
export class FrameSender<Carried extends Payload> {
  readonly viewer: Viewer<Carried>
  readonly #parts: SinkParts
  readonly #connection: Connection
  readonly #messages: MessageSource<WireMessage | PlainMessage>
  readonly #options: FrameSenderOptions<Carried>
  readonly #window: SendWindow
  #cancelTimer: (() => void) | undefined
  #isHeld = false

  /** @throws Refusal `forbidden` if the principal may view nothing */
  constructor(parts: SinkParts, connection: Connection, principal: Principal, options: FrameSenderOptions<Carried>) {
    this.#parts = parts
    this.#connection = connection
    this.#options = options
    this.#window = new SendWindow(parts.pace, options.confirmation)
    this.viewer = parts.hub.watch(principal, {
      dialect: options.dialect,
      accepts: options.accepts,
      wake: this.#wake,
      changes: options.tellChanges !== undefined,
    })
    this.#messages = options.messages(this.viewer)
  }

  /** What the connection has to tell, for a peer that only watches. */
  get listener(): SocketListener {
    const drained = this.#wake
    const closed = () => this.viewer.close()
    if (this.#options.confirmation !== 'pong') return { drained, closed }
    return { drained, closed, pong: (payload) => this.confirm(pongSerial(payload)) }
  }

  /**
   * Sends all that is due and allowed now. To be called whenever one of these may have changed. Whatever goes wrong is
   * this viewer's alone: neither the other viewers nor the publisher hear of it.
   */
  pump(): void {
    try {
      this.#pump()
    } catch (error) {
      this.#parts.log.error({ err: error, dialect: this.#options.dialect }, 'a viewer could not be served')
      this.viewer.close()
      this.#connection.end('failure', 'internal error')
    }
  }

  #pump(): void {
    if (this.viewer.isClosed) {
      this.#cancelTimer?.()
      return
    }
    if (this.#isHeld || !this.#connection.isDrained) return
    this.#options.tellChanges?.(this.viewer)
    const { clock } = this.#parts
    while (this.#messages.isWaiting() && this.#connection.isDrained) {
      const monotonic = clock.monotonic()
      const open = this.#window.open(monotonic)
      if (open !== true) {
        this.#window.held(monotonic)
        this.#pumpAfter(open)
        return
      }
      const now = clock.now()
      const outgoing = this.#messages.next(now)
      if (outgoing === undefined) return
      if (typeof outgoing === 'number') {
        this.#pumpAfter(outgoing - now)
        return
      }
      const { message, receivedAt } = outgoing
      this.#connection.write(this.#bytesOf(message, receivedAt, monotonic))
    }
  }

  /** The peer confirmed the message of that serial and all before it. */
  confirm(serial: number | undefined): void {
    if (serial === undefined) return
    const confirmed = this.#window.confirmed(serial, this.#parts.clock.monotonic())
    if (!confirmed) return
    this.#parts.counters.confirmed(this.#options.dialect, this.#parts.clock.now() - confirmed.receivedAt)
    this.pump()
  }

  /** Does `action` with nothing being sent meanwhile, so that what it sends itself goes before what it causes. */
  during(action: () => void): void {
    this.#isHeld = true
    try {
      action()
    } finally {
      this.#isHeld = false
      this.pump()
    }
  }

  /** A message as it is to be written now, with a probe behind it or not. */
  #bytesOf({ plain, probed, serial }: WireMessage | PlainMessage, receivedAt: number, monotonic: number): Uint8Array {
    if (serial === undefined) return plain
    const isProbed = this.#window.sent(serial, plain.length, receivedAt, monotonic)
    return isProbed && this.#options.confirmation === 'pong' ? probed : plain
  }

  #pumpAfter(delay: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (delay === Number.POSITIVE_INFINITY) return
    this.#cancelTimer = this.#parts.clock.after(Math.max(delay, 1), this.#wake)
  }

  // One function a connection, not one for each who calls it.
  readonly #wake = (): void => this.pump()
}

/** A viewer's frames, each as `encoder` writes it. */
export function framesOf<Message extends WireMessage | PlainMessage, Carried extends Payload>(
  viewer: Viewer<Carried>,
  encoder: FrameEncoder<Message, Carried>,
): MessageSource<Message> {
  return {
    isWaiting: () => viewer.isWaiting,
    next(now) {
      const due = viewer.next(now)
      if (due === undefined || typeof due === 'number') return due
      const message = due.frame.encoded(encoder)
      due.counter.frames++
      due.counter.bytes += message.plain.length
      return { message, receivedAt: due.frame.receivedAt }
    },
  }
}
