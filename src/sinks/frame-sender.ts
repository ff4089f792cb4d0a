import type { Clock } from '../core/clock.ts'
import type { Connection } from '../core/connection.ts'
import type { Counters } from '../core/counters.ts'
import type { EventLoopTurns } from '../core/event-loop-turns.ts'
import type { Accepts, FrameEncoder } from '../core/frame.ts'
import type { Hub } from '../core/hub.ts'
import type { Log } from '../core/log.ts'
import type { Payload } from '../core/payload.ts'
import type { Principal } from '../core/principal.ts'
import { type ProbePace, SendWindow } from '../core/send-window.ts'
import type { SocketListener } from '../core/socket.ts'
import type { Viewer } from '../core/viewer.ts'
import { pongSerial, type WireMessage } from '../wire/ws-frame.ts'

/** What every sink needs; created in `server.ts`. */
export interface SinkParts {
  readonly hub: Hub
  readonly clock: Clock
  readonly pace: ProbePace
  /** The turns in which large messages are encoded and written. */
  readonly turns: EventLoopTurns
  readonly counters: Counters
  readonly log: Log
}

/** A message without a probe, for peers that confirm nothing. */
export interface PlainMessage {
  /** In pieces to be written one after another. */
  readonly plain: readonly Uint8Array[]
  /** The length of all. */
  readonly bytes: number
  readonly probed?: undefined
  readonly serial?: undefined
}

/** A message that is due, and when the frame in it was received (ms since 1970). */
export interface OutgoingMessage<Message> {
  readonly message: Message
  readonly receivedAt: number
}

/** Where a sender gets its messages from. */
export interface MessageSource<Message> {
  /** Whether something is waiting that would be sent now if the link allowed it. */
  isWaiting(): boolean
  /**
   * Takes the next message; undefined: there is none; a number: none is due before that time (ms since 1970). Updates
   * the metrics of what it returns.
   */
  next(now: number): OutgoingMessage<Message> | number | undefined
}

/** How a dialect sends. */
export type FrameSenderOptions<Carried extends Payload> = {
  /** Its name in the metrics. */
  readonly dialect: string
  /** The frames that it can write, such as `IMAGES`. */
  readonly accepts: Accepts<Carried>
  /** Sends pending stream changes to the peer; called before frames are sent. */
  readonly tellChanges?: (viewer: Viewer<Carried>) => void
  /** Called when something waits until the peer has confirmed more. */
  readonly held?: () => void
} & (
  | {
      /** How the peer confirms what it has read: with the pong to a ping behind the message, or with a credit message. */
      readonly confirmation: 'pong' | 'credit'
      readonly messages: (viewer: Viewer<Carried>) => MessageSource<WireMessage>
    }
  | {
      /** By TCP's acknowledgements, which whoever uses the sender asks for; plain messages need none. */
      readonly confirmation: 'acknowledgement'
      readonly messages: (viewer: Viewer<Carried>) => MessageSource<WireMessage | PlainMessage>
    }
  | {
      /** Not at all: only backpressure holds it back. */
      readonly confirmation: 'none'
      readonly messages: (viewer: Viewer<Carried>) => MessageSource<PlainMessage>
    }
)

/**
 * Sends a viewer's frames as fast as its link takes them; all frames from the hub to a connection go through here.
 * Limited by backpressure (what the kernel does not take) and flow control (`core/send-window.ts`). Large messages take
 * turns: encoding and writing ten megabytes holds up everybody else for as many milliseconds.
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
  /** Whether the next message may be large, as the last one was. */
  #isLarge = true
  #isWaitingForTurn = false

  /** @throws Refusal `forbidden` if the principal may view nothing */
  constructor(parts: SinkParts, connection: Connection, principal: Principal, options: FrameSenderOptions<Carried>) {
    this.#parts = parts
    this.#connection = connection
    this.#options = options
    this.#window = new SendWindow(parts.pace, options.confirmation)
    this.viewer = parts.hub.watch(principal, {
      client: connection.client,
      dialect: options.dialect,
      accepts: options.accepts,
      wake: this.#wake,
      changes: options.tellChanges !== undefined,
    })
    this.#messages = options.messages(this.viewer)
  }

  /** The listener for the connection of a peer that only watches. */
  get listener(): SocketListener {
    const drained = this.#wake
    const closed = () => this.viewer.close()
    if (this.#options.confirmation !== 'pong') return { drained, closed }
    return { drained, closed, pong: (payload) => this.confirm(pongSerial(payload)) }
  }

  /**
   * Sends everything that is due and allowed now; to be called whenever that may have changed. A failure affects only
   * this viewer: neither other viewers nor the publisher notice.
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
    if (this.#isHeld || this.#isWaitingForTurn || !this.#connection.isDrained) return
    this.#options.tellChanges?.(this.viewer)
    const { clock } = this.#parts
    while (this.#messages.isWaiting() && this.#connection.isDrained) {
      const monotonic = clock.monotonic()
      const open = this.#window.open(monotonic)
      if (open !== true) {
        this.#window.held(monotonic)
        this.#options.held?.()
        this.#pumpAfter(open)
        return
      }
      if (this.#isLarge && this.#parts.turns.isOver) {
        this.#waitForTurn()
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
      this.#connection.write(...this.#piecesOf(message, receivedAt, monotonic))
      this.#isLarge = message.bytes >= LARGE_BYTES
      if (this.#isLarge) this.#parts.turns.spend(clock.monotonic() - monotonic)
    }
  }

  #waitForTurn(): void {
    this.#isWaitingForTurn = true
    this.#parts.turns.after(this.#connection.client, () => {
      this.#isWaitingForTurn = false
      this.pump()
    })
  }

  /**
   * The peer has confirmed the message with that serial number and all before it.
   * @returns whether that was news
   */
  confirm(serial: number | undefined): boolean {
    if (serial === undefined) return false
    const confirmed = this.#window.confirmed(serial, this.#parts.clock.monotonic())
    if (!confirmed) return false
    this.#parts.counters.confirmed(this.#options.dialect, this.#parts.clock.now() - confirmed.receivedAt)
    this.pump()
    return true
  }

  /** Runs `action` while sending is held back, so that messages it sends itself come before frames that it triggers. */
  during(action: () => void): void {
    this.#isHeld = true
    try {
      action()
    } finally {
      this.#isHeld = false
      this.pump()
    }
  }

  /** What to write for a message, with or without a probe. */
  #piecesOf(message: WireMessage | PlainMessage, receivedAt: number, monotonic: number): readonly Uint8Array[] {
    const { plain, probed, serial, bytes } = message
    if (serial === undefined) return plain
    const isProbed = this.#window.sent(serial, bytes, receivedAt, monotonic)
    return isProbed && this.#options.confirmation === 'pong' ? probed : plain
  }

  #pumpAfter(delay: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (delay === Number.POSITIVE_INFINITY) return
    this.#cancelTimer = this.#parts.clock.after(Math.max(delay, 1), this.#wake)
  }

  // One function for each connection, not one for each use.
  readonly #wake = (): void => this.pump()
}

/** From this size on, in bytes, messages take turns. */
const LARGE_BYTES = 500_000

/** The messages of a viewer whose frames are encoded one by one with `encoder`. */
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
      due.counter.bytes += message.bytes
      return { message, receivedAt: due.frame.receivedAt }
    },
  }
}
