import type { Socket as TcpSocket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Clock } from '../../core/clock.ts'
import type { EndCause } from '../../core/connection.ts'
import type { EventLoopTurns } from '../../core/event-loop-turns.ts'
import { heldBytesSetting } from '../../core/held-bytes.ts'
import type { Socket, SocketListener } from '../../core/socket.ts'
import type { ConnectionBudget } from './connection-budget.ts'
import { CLOSE_TIMEOUT_MS, type LifeRules, type ManagedConnection } from './connection-registry.ts'
import { SocketReader } from './socket-reader.ts'
import { takenFrom } from './unread-answers.ts'
import { writePieces } from './write-pieces.ts'

/** What a WebSocket connection needs. */
export interface WebSocketParts {
  /** The close code at shutdown (RFC 6455, section 7.4). */
  readonly goodbye: number
  readonly clock: Clock
  readonly turns: EventLoopTurns
  /** Whose socket it is: clients take turns. */
  readonly client: string
  /** Whether the peer publishes: it sends large messages, limited by their bytes (`limits.publish_bytes_per_s`). */
  readonly isPublisher: boolean
  /** Called when the peer has to wait, or is disconnected, because of a limit (the name of the setting). */
  readonly limited: (limit: string) => void
  /** Called with what a listener throws: no message of a peer may crash the process. */
  readonly fail: (error: unknown) => void
}

/**
 * A WebSocket as the sinks and sources see it. The `ws` library parses and closes; prebuilt frames are written straight
 * to the raw socket, which costs 30 % less than `ws.send` and may interleave with it, since both write whole frames.
 */
export class WebSocketConnection implements Socket, ManagedConnection {
  readonly client: string
  readonly #ws: WebSocket
  readonly #raw: TcpSocket
  readonly #parts: WebSocketParts
  #listener: SocketListener = {}
  #budget: ConnectionBudget | undefined
  #reader: SocketReader | undefined
  #isDrainRequested = false
  #isThrottled = false
  #heardAt: number
  /** Whether it has answered a ping before it sent anything else. */
  #answersPings = false
  /** Whether it has sent something of its own since it was pinged last. */
  #hasSpoken = true
  /** Bytes of a message that has not arrived completely, and since when (monotonic ms). */
  #unfinished = 0
  #unfinishedSince = 0
  /** In how many pieces it arrived so far. */
  #chunks = 0
  /** Bytes that its user says are held for the peer. */
  #used = 0
  /** How many bytes the peer's kernel had taken when that was last checked, and since when. */
  #taken = 0
  #takenAt: number

  constructor(ws: WebSocket, raw: TcpSocket, parts: WebSocketParts) {
    this.client = parts.client
    this.#ws = ws
    this.#raw = raw
    this.#parts = parts
    this.#heardAt = parts.clock.monotonic()
    this.#takenAt = this.#heardAt
  }

  /**
   * Begins to read, as the budget allows. To be called once the connection is registered.
   * @param finished called when the connection is closed and all that arrived before is handled
   */
  open(budget: ConnectionBudget, finished: () => void): void {
    this.#budget = budget
    const reader = new SocketReader(this.#parts, {
      raw: this.#raw,
      client: this.client,
      budget,
      bytesPerMessage: this.#parts.isPublisher ? Number.POSITIVE_INFINITY : BYTES_PER_MESSAGE,
      arrived: this.#arrived,
    })
    this.#reader = reader
    if (!this.#parts.isPublisher) this.#raw.prependListener('close', this.#dropUnread)
    this.#ws.on('message', (data: Uint8Array, isBinary: boolean) => {
      this.#unfinished = 0
      this.#chunks = 0
      this.#hasSpoken = true
      reader.handle(data.length, () =>
        this.#notify(() => (isBinary ? this.#listener.binary?.(data) : this.#listener.text?.(data.toString()))),
      )
    })
    this.#ws.on('ping', (payload: Uint8Array) => {
      this.#passed(payload)
      reader.handle(payload.length, () => this.#answerPing(payload))
    })
    this.#ws.on('pong', (payload: Uint8Array) => {
      if (!this.#parts.isPublisher || !this.#hasSpoken) this.#answersPings = true
      this.#passed(payload)
      reader.handle(payload.length, () => this.#notify(() => this.#listener.pong?.(payload) && this.charge(-1)))
    })
    this.#ws.on('close', () => {
      this.chargeRefused(this.#unfinished)
      // What a publisher sent before it left is still published.
      reader.finish(() => {
        this.#notify(() => this.#listener.closed?.())
        finished()
      })
    })
  }

  get isDrained(): boolean {
    if (this.#raw.writableLength === 0) return true
    this.#requestDrain()
    return false
  }

  write(...pieces: readonly Uint8Array[]): void {
    if (this.#ws.readyState === this.#ws.OPEN) writePieces(this.#raw, pieces)
  }

  send(text: string): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.send(text)
    this.#throttle()
  }

  charge(messages: number): void {
    this.#budget?.charge(messages)
  }

  chargeRefused(bytes: number): void {
    this.charge(bytes / REFUSED_BYTES_PER_MESSAGE)
  }

  holds(bytes: number): void {
    this.#used = bytes
    this.#hold()
  }

  pause(): void {
    this.#reader?.hold('user')
  }

  resume(): void {
    this.#reader?.resume('user')
  }

  end(cause: EndCause, reason: string): void {
    this.close(cause === 'shutdown' ? this.#parts.goodbye : CLOSE_CODES[cause], reason)
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, closeReason(reason))
  }

  listen(listener: SocketListener): void {
    this.#listener = listener
  }

  /**
   * Heartbeat, and the time limits of what a peer leaves undone. A peer that has been silent for `idlePing` ms is
   * pinged; the connection is closed after `deadAfter` ms of silence if the peer has answered pings before: its
   * machine or the network is gone. A publisher whose library blocks answers pings only when it next sends something
   * and reads the answer to that: its silence between two frames says nothing until `publisherDeadAfter`.
   */
  checkLife(now: number, rules: LifeRules): void {
    const { idlePing, deadAfter, publisherDeadAfter, unreadAfter, unfinishedAfter } = rules
    const silence = now - this.#heardAt
    this.#hold()
    if (this.#answersPings && silence >= deadAfter) this.#giveUp(deadAfter, 'viewers.dead_after_s')
    else if (this.#parts.isPublisher && silence >= publisherDeadAfter)
      this.#giveUp(publisherDeadAfter, 'viewers.publisher_dead_after_s')
    else if (this.#unreadFor(now) >= unreadAfter) this.#cutOff('viewers.unread_s')
    else if (this.#unfinished > 0 && now - this.#unfinishedSince >= unfinishedAfter)
      this.#refuse('limits.message_s', `a message must arrive within ${unfinishedAfter / 1000} s`, 1008)
    else if (silence >= idlePing && this.#ws.readyState === this.#ws.OPEN && this.isDrained) this.#ping()
  }

  /** Destroys the connection at once, with what has arrived on it and is not handled yet. */
  terminate(): void {
    this.#ws.terminate()
    this.#reader?.stop()
  }

  #ping(): void {
    this.#hasSpoken = false
    this.#ws.ping()
  }

  /** Bytes have arrived that are about to be parsed. */
  readonly #arrived = (bytes: number): void => {
    if (bytes === 0) {
      this.#hold()
      return
    }
    this.#heardAt = this.#parts.clock.monotonic()
    if (this.#unfinished === 0) this.#unfinishedSince = this.#heardAt
    this.#unfinished += bytes
    this.#chunks++
    this.#hold()
  }

  /** A viewer has gone: what it sent last matters to nobody, but `ws` would parse all of it at once. */
  readonly #dropUnread = (): void => {
    this.#reader?.stop()
    this.#raw.removeAllListeners('data')
    while (this.#raw.read() !== null);
  }

  /** A ping or pong was among the bytes; it may come between two pieces of a message (RFC 6455, section 5.4). */
  #passed(payload: Uint8Array): void {
    this.#unfinished = Math.max(this.#unfinished - CONTROL_HEADER - payload.length, 0)
    if (this.#unfinished === 0) this.#chunks = 0
  }

  /** In its turn among the messages: so a flood of pings is held back as one of messages is. */
  #answerPing(payload: Uint8Array): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.pong(payload)
    this.#throttle()
  }

  /** Counts what is held for the peer, and disconnects one that takes more than its share. */
  #hold(): void {
    const unfinished = this.#unfinished + this.#chunks * CHUNK_OVERHEAD
    const pending = this.#reader?.pendingBytes ?? 0
    const bytes = unfinished + pending + this.#used + this.#unreadBytes()
    const bound = this.#budget?.hold(bytes)
    if (bound === undefined) return
    const [whom, code] = bound === 'share' ? (['this client', 1008] as const) : (['all clients', 1013] as const)
    this.#refuse(heldBytesSetting(bound), `too much is held for ${whom}`, code)
  }

  /** What is written and not read yet. Frames are shared with other viewers: only large ones count. */
  #unreadBytes(): number {
    const { writableLength } = this.#raw
    return this.#isThrottled || writableLength > LARGE_BYTES ? writableLength : 0
  }

  /** How long the peer has taken nothing of what is written to it, ms. */
  #unreadFor(now: number): number {
    const taken = takenFrom(this.#raw)
    if (this.#raw.writableLength === 0 || taken !== this.#taken) this.#takenAt = now
    this.#taken = taken
    return now - this.#takenAt
  }

  /** Closes the connection of a peer that is taken for gone. Should it be there after all, it learns why. */
  #giveUp(silence: number, setting: string): void {
    this.#closeFor(setting, `nothing was heard for ${silence / 1000} s, no answer to a ping either`, NOT_HEARD)
  }

  /** Closes the connection because of a limit, and reads nothing more. */
  #refuse(limit: string, reason: string, code: number): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#parts.limited(limit)
    this.#closeFor(limit, reason, code)
  }

  #closeFor(setting: string, reason: string, code: number): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    this.close(code, `${reason} (${setting})`)
    this.#reader?.stop()
    this.#ws.on(
      'close',
      this.#parts.clock.after(CLOSE_TIMEOUT_MS, () => this.#ws.terminate()),
    )
  }

  /** Disconnects a peer that would not read a reason. */
  #cutOff(limit: string): void {
    if (this.#raw.destroyed) return
    this.#parts.limited(limit)
    this.#ws.terminate()
  }

  /** Backpressure: stops reading from a peer that does not read its answers, which would pile up here. */
  #throttle(): void {
    if (this.#isThrottled || this.#raw.writableLength <= MOST_UNREAD) return
    this.#isThrottled = true
    this.#reader?.hold('backpressure')
    this.#hold()
    this.#requestDrain()
  }

  /** Handles the pending messages and reads on. */
  #unthrottle(): void {
    this.#isThrottled = false
    this.#hold()
    this.#reader?.resume('backpressure')
  }

  /**
   * A callback on every write would cost more than everything else done for a frame here. So it is attached to an empty
   * write, and only when the kernel has not accepted all data.
   */
  #requestDrain(): void {
    if (!this.#isDrainRequested && this.#raw.writable) this.#raw.write(NOTHING, this.#flushed)
    this.#isDrainRequested = true
    if (this.#raw.writableLength > LARGE_BYTES) this.#hold()
  }

  // One closure per connection instead of one per write.
  readonly #flushed = (): void => {
    this.#isDrainRequested = false
    if (this.#isThrottled) this.#unthrottle()
    this.#notify(() => this.#listener.drained?.())
  }

  #notify(event: () => void): void {
    try {
      event()
    } catch (error) {
      this.#parts.fail(error)
    }
  }
}

/** Truncates a reason to what a close frame can hold: 123 bytes of UTF-8 (RFC 6455, section 5.5). It ends with "…" then. */
export function closeReason(reason: string): string {
  const bytes = Buffer.from(reason)
  if (bytes.length <= MAX_REASON) return reason
  // Truncating within a character leaves U+FFFD at the end.
  const start = bytes.subarray(0, MAX_REASON - Buffer.byteLength(CUT)).toString()
  return start.replace(/\ufffd?$/, CUT)
}

const MAX_REASON = 123
const CUT = '…'

const CLOSE_CODES = { revoked: 1008, failure: 1011 } as const

/** The close code after a heartbeat timeout, as other servers have it; clients may connect again. */
const NOT_HEARD = 1011

/** The answers that may wait for a peer to read them before reading is paused, in bytes. */
const MOST_UNREAD = 64 * 1024

/**
 * Who only watches sends short messages: so many bytes of an unfinished one count as a message, or a message could be
 * sent in thousands of pieces.
 */
const BYTES_PER_MESSAGE = 512

/**
 * So many bytes of a message that is refused, or never finished, count as a message: with the default limits a client
 * can make us read 10 MB a second for nothing.
 */
const REFUSED_BYTES_PER_MESSAGE = 4096

/** From this size on, in bytes, what waits to be read counts as held. */
const LARGE_BYTES = 1_000_000

/** What a piece of an unfinished message takes beside its bytes. */
const CHUNK_OVERHEAD = 128

/** The header of a client's ping or pong, in bytes: two and the mask's four. */
const CONTROL_HEADER = 6

const NOTHING = new Uint8Array()
