import type { Duplex } from 'node:stream'
import type { Clock } from '../../core/clock.ts'
import type { EventLoopTurns } from '../../core/event-loop-turns.ts'
import type { MessageBudget, MessageLimit } from './connection-budget.ts'

/** Why nothing is read from a socket: its user has paused it, or its peer does not read its answers (backpressure). */
export type HoldReason = 'user' | 'backpressure'

/** What all readers need. */
export interface SocketReaderParts {
  readonly clock: Clock
  readonly turns: EventLoopTurns
  /** Called when the peer has to wait because of a limit. */
  readonly limited: (limit: MessageLimit) => void
}

/** What is read. */
export interface ReadSocket {
  /** Somebody else (the `ws` library) listens to its `data` events. */
  readonly raw: Duplex
  readonly budget: MessageBudget
  /** Whose socket it is: clients take turns. */
  readonly client: string
  /** So many bytes of an unfinished message count as a message. */
  readonly bytesPerMessage: number
  /** Called before so many bytes are parsed; with 0 when messages had to be kept. */
  arrived(bytes: number): void
}

/**
 * Reads a socket in small slices, so that a peer's messages are handled as its budget allows: some in this turn of the
 * event loop, then others have theirs; and so many a second. What is not read stays with the peer (TCP backpressure).
 *
 * A stream with a `readable` listener emits `data` only when `read` is called
 * (https://nodejs.org/api/stream.html#event-readable), so the parser behind it sees only what is read here.
 */
export class SocketReader {
  readonly #parts: SocketReaderParts
  readonly #socket: ReadSocket
  #isHeldByUser = false
  #isHeldByBackpressure = false
  /** Messages that were parsed but must not be handled yet. */
  readonly #pending: PendingMessage[] = []
  #pendingBytes = 0
  /** Of this turn. */
  #messages = 0
  #turn = -1
  /** How many bytes to read at once. It grows while messages are large. */
  #slice = FIRST_SLICE
  #isStopped = false
  #finished: (() => void) | undefined
  #isWaiting = false
  #isReading = false
  #cancelWait: (() => void) | undefined

  constructor(parts: SocketReaderParts, socket: ReadSocket) {
    this.#parts = parts
    this.#socket = socket
    socket.raw.on('readable', this.#read)
  }

  /** The memory of messages that were parsed but must not be handled yet. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /**
   * Handles a message now, or as soon as the budget and the holds allow it.
   * @param bytes its length
   */
  handle(bytes: number, message: () => void): void {
    if (this.#pending.length > 0 || !this.#isOpen()) this.#keep(bytes, message)
    else this.#run(bytes, message)
  }

  /** Stops reading until every reason to do so is gone. */
  hold(reason: HoldReason): void {
    this.#setHold(reason, true)
  }

  /** A reason is gone. */
  resume(reason: HoldReason): void {
    if (this.#setHold(reason, false)) this.#read()
  }

  /** Reads nothing more, and drops what is pending. */
  stop(): void {
    this.#cancelWait?.()
    this.#pending.length = 0
    this.#pendingBytes = 0
    this.#isStopped = true
    const finished = this.#finished
    this.#finished = undefined
    finished?.()
  }

  /** The connection is closed: handles what arrived before, as the budget allows it, and then calls `done`. */
  finish(done: () => void): void {
    if (this.#isStopped) {
      done()
      return
    }
    this.#finished = done
    this.#isHeldByUser = false
    this.#isHeldByBackpressure = false
    this.#keep(0, () => this.stop())
    this.#read()
  }

  readonly #read = (): void => {
    // A listener that resumes reading is called from the loop below.
    if (this.#isReading) return
    this.#isReading = true
    try {
      // Who has nothing to be read does not wait in the queue of those who have.
      while (this.#hasMore() && this.#isOpen()) {
        const start = performance.now()
        const message = this.#pending.shift()
        if (message) {
          this.#pendingBytes -= message.bytes
          this.#run(message.bytes - MESSAGE_BYTES, message.handle)
        } else this.#readSlice()
        const took = performance.now() - start
        this.#parts.turns.spend(took)
        // It held too many messages, or pieces of one.
        if (!message && took > LONG_SLICE_MS) this.#slice = Math.max(this.#slice / 4, FIRST_SLICE)
      }
    } finally {
      this.#isReading = false
    }
  }

  /** Whether there is anything to handle; if not, asks for more, or for the end of the stream. */
  #hasMore(): boolean {
    const { raw } = this.#socket
    if (this.#pending.length > 0 || raw.readableLength > 0) return true
    raw.read()
    return false
  }

  #readSlice(): void {
    const { raw, budget, bytesPerMessage } = this.#socket
    const before = this.#messages
    const length = Math.min(raw.readableLength, this.#slice)
    this.#socket.arrived(length)
    raw.read(length)
    if (this.#pending.length > 0) {
      // It held more messages than may be handled in a turn.
      this.#slice = FIRST_SLICE
      this.#socket.arrived(0)
    }
    if (this.#messages > before || this.#pending.length > 0) return
    budget.charge(length / bytesPerMessage)
    this.#slice = Math.min(2 * this.#slice, MAX_SLICE)
  }

  #keep(bytes: number, handle: () => void): void {
    const message = { bytes: bytes + MESSAGE_BYTES, handle }
    this.#pending.push(message)
    this.#pendingBytes += message.bytes
  }

  #run(bytes: number, message: () => void): void {
    this.#messages++
    // It may be parsed later in this turn.
    this.#parts.turns.spendFor(bytes)
    this.#socket.budget.charge(1)
    message()
  }

  /** Whether a message may be handled now; if only the budget is against it, reading goes on when that allows it. */
  #isOpen(): boolean {
    if (this.#isStopped || this.#isHeldByUser || this.#isHeldByBackpressure || this.#isWaiting) return false
    const { budget, client } = this.#socket
    const { clock, turns, limited } = this.#parts
    const wait = budget.wait()
    if (wait) {
      limited(wait.limit)
      this.#isWaiting = true
      this.#cancelWait = clock.after(Math.max(wait.ms, SHORTEST_WAIT_MS), this.#goOn)
      return false
    }
    const turn = turns.current
    if (turn !== this.#turn) {
      this.#turn = turn
      this.#messages = 0
    }
    if (this.#messages < budget.messagesPerTurn && !turns.isOver) return true
    this.#isWaiting = true
    this.#cancelWait = turns.after(client, this.#goOn)
    return false
  }

  /** @returns whether that is a change */
  #setHold(reason: HoldReason, isHeld: boolean): boolean {
    const was = reason === 'user' ? this.#isHeldByUser : this.#isHeldByBackpressure
    if (reason === 'user') this.#isHeldByUser = isHeld
    else this.#isHeldByBackpressure = isHeld
    return was !== isHeld
  }

  readonly #goOn = (): void => {
    this.#isWaiting = false
    this.#read()
  }
}

/** A message that was parsed but must not be handled yet. */
interface PendingMessage {
  /** The memory that it takes. */
  readonly bytes: number
  readonly handle: () => void
}

/** What a pending message takes beside its bytes. */
const MESSAGE_BYTES = 256
/** Bytes: at most 42 messages, of which none is shorter than six bytes (RFC 6455, section 5.2). */
const FIRST_SLICE = 256
const MAX_SLICE = 64 * 1024
/** A slice that takes longer, in ms, was too large. */
const LONG_SLICE_MS = 1
/** Who has to wait for the limit does so for some messages at once, or a thousand sockets would be looked at for each. */
const SHORTEST_WAIT_MS = 100
