import type { BufferPool } from '../core/buffer-pool.ts'
import { every } from '../core/clock.ts'
import { type MessageBounds, MessageReader } from '../wire/zmtp/message-reader.ts'
import { ZmtpError } from '../wire/zmtp/zmtp-error.ts'
import type { Link, LinkUser } from './link.ts'
import { Peers, type SocketOptions, type SocketState } from './peers.ts'

/** What a receiving socket needs. */
export interface ReceivingSocketOptions extends SocketOptions {
  /** PULL, or SUB, which subscribes to everything. */
  readonly type: 'PULL' | 'SUB'
  /** How many frames of a message say whether it is wanted (`ReceivingSocketListener.headers`): 1 or more. */
  readonly leadingFrames: number
  readonly bounds: MessageBounds
  /** A connection over which no message has come for so long, ms, is replaced by a new one; default: 30 s. */
  readonly idleTimeout?: number
  /** From which large frames take their memory, if there is any; shared by several sockets. */
  readonly pool?: BufferPool | undefined
}

/** What a receiving socket calls. It may close it. */
export interface ReceivingSocketListener {
  /** Makes what takes the messages of one connection, as those of several peers come at the same time. */
  connection(): ConnectionListener
  /** How it stands with the peers, on each change; before the first it is `connecting`. */
  state(state: SocketState): void
}

/** What takes the messages of one connection. Any of these may close the socket. */
export interface ConnectionListener {
  /**
   * The leading frames of a message have arrived.
   * @param frames memory of the listener's own from now on, as in `message`
   * @returns whether the rest is wanted; of what is skipped nothing is held and nothing is copied
   */
  headers(frames: readonly Uint8Array[]): 'keep' | 'skip'
  /**
   * A message that was to be kept is complete, or one that has fewer frames than the leading ones (for which `headers` was
   * not called). Each frame has a buffer of its own, from the beginning of which it may be viewed as any type.
   */
  message(frames: readonly Uint8Array[]): void
  /** A message that was skipped is complete. @param bytes its size, all frames together */
  skipped(bytes: number): void
}

/**
 * A ZeroMQ socket that receives: PULL or SUB, over TCP, without encryption. It always reads, as fast as the peer sends, and
 * holds no more than one message of each peer, if it is wanted: what comes while nobody wants it is dropped where it
 * arrives. It stays open until it is closed: what fails is told (`state`) and tried again.
 */
export class ReceivingSocket {
  readonly #options: ReceivingSocketOptions
  readonly #listener: ReceivingSocketListener
  readonly #peers: Peers
  readonly #activity = new WeakMap<Link, Activity>()
  readonly #stopWatching: () => void

  /** Opens a socket. @throws RangeError for an address that is none */
  constructor(options: ReceivingSocketOptions, listener: ReceivingSocketListener) {
    this.#options = options
    this.#listener = listener
    this.#peers = new Peers({
      ...options,
      use: (link) => this.#use(link),
      state: (state) => listener.state(state),
    })
    const { clock, idleTimeout = DEFAULT_IDLE_TIMEOUT_MS } = options
    this.#stopWatching = every(clock, idleTimeout / CHECKS, () => this.#checkIdle(idleTimeout))
    this.#peers.open()
  }

  get state(): SocketState {
    return this.#peers.state
  }

  /** Closes it for good; nothing is called any more. @returns once the connections are closed */
  close(): Promise<void> {
    this.#stopWatching()
    return this.#peers.close()
  }

  #use(link: Link): LinkUser {
    const { leadingFrames, bounds, pool } = this.#options
    const listener = this.#listener.connection()
    const activity: Activity = { hasReceived: false, quietChecks: 0 }
    this.#activity.set(link, activity)
    const received = () => {
      activity.hasReceived = true
      this.#peers.proved()
    }
    const messages = new MessageReader({
      ...{ leadingFrames, bounds },
      allocate: (bytes) => pool?.take(bytes) ?? allocate(bytes),
      listener: {
        leading: (frames) => listener.headers(frames),
        message(frames) {
          received()
          listener.message(frames)
        },
        skipped(bytes) {
          received()
          listener.skipped(bytes)
        },
      },
    })
    return { messages }
  }

  #checkIdle(timeout: number): void {
    for (const link of this.#peers.ready) {
      const activity = this.#activity.get(link)
      if (!activity) continue
      activity.quietChecks = activity.hasReceived ? 0 : activity.quietChecks + 1
      activity.hasReceived = false
      if (activity.quietChecks >= CHECKS) link.fail(`has sent no message for ${timeout / 1000} s`)
    }
  }
}

/** Whether messages come over a link. */
interface Activity {
  /** Since the last check. */
  hasReceived: boolean
  /** Checks in a row without a message. */
  quietChecks: number
}

/**
 * Memory that nobody else has; large memory is not cleared, as it is filled anyway.
 * @throws ZmtpError if this machine has not so much
 */
function allocate(bytes: number): Uint8Array {
  if (bytes < LARGE_BYTES) return new Uint8Array(bytes)
  try {
    return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ZmtpError(`announces a frame of ${bytes} bytes, for which there is no memory here`)
  }
}

const LARGE_BYTES = 4096
const DEFAULT_IDLE_TIMEOUT_MS = 30_000
/** Within an idle timeout. Counted rather than measured: while this process is busy itself, nobody is idle. */
const CHECKS = 4
