import { encodeMessage } from '../wire/zmtp/frame.ts'
import { MessageReader } from '../wire/zmtp/message-reader.ts'
import { parseSubscription } from '../wire/zmtp/subscription-message.ts'
import { Subscriptions } from '../wire/zmtp/subscriptions.ts'
import { ZmtpError } from '../wire/zmtp/zmtp-error.ts'
import type { Link, LinkUser } from './link.ts'
import { Peers, type SocketOptions, type SocketState } from './peers.ts'

/** What a sending socket needs. */
export interface SendingSocketOptions extends SocketOptions {
  /** PUSH deals messages out to its peers in turn; PUB sends each to all that have subscribed to it. */
  readonly type: 'PUSH' | 'PUB'
  /** How many messages may wait for each peer, as the kernel does not take them: 1 or more. */
  readonly highWaterMark: number
  /** How it stands with the peers, on each change; before the first it is `connecting`. */
  state(state: SocketState): void
}

/**
 * A ZeroMQ socket that sends: PUSH or PUB, over TCP, without encryption. As with libzmq, PUSH waits while no peer has room,
 * and PUB drops what a subscriber is too slow for. What waits for a peer is lost with it.
 */
export class SendingSocket {
  readonly #options: SendingSocketOptions
  readonly #peers: Peers
  readonly #subscriptions = new WeakMap<Link, Subscriptions>()
  /** Of PUSH, in the order of their turns. */
  #turns: Link[] = []
  #waiting: PromiseWithResolvers<void> | undefined
  #dropped = 0
  #isClosed = false

  /** Opens a socket. @throws RangeError for an address that is none */
  constructor(options: SendingSocketOptions) {
    this.#options = options
    this.#peers = new Peers({
      ...options,
      use: (link) => this.#use(link),
      state: (state) => {
        this.#turns = [...this.#peers.ready]
        if (state.kind === 'connected') this.#peers.proved()
        this.#wake()
        options.state(state)
      },
    })
    this.#peers.open()
  }

  get state(): SocketState {
    return this.#peers.state
  }

  /** How many messages PUB has dropped, as a subscriber was too slow; one message counts once for each of them. */
  get dropped(): number {
    return this.#dropped
  }

  /**
   * Sends a message, if there is room.
   * @param frames one or more; they must not change until they are sent
   * @returns false if it was not taken, as PUSH has no peer with room: see `drained`. PUB takes everything.
   */
  send(frames: readonly Uint8Array[]): boolean {
    return this.#options.type === 'PUSH' ? this.#deal(frames) : this.#publish(frames)
  }

  /** Resolves when `send` may take a message again, or the socket is closed. */
  async drained(): Promise<void> {
    if (this.#isClosed || this.#options.type === 'PUB' || this.#turns.some((link) => this.#hasRoom(link))) return
    this.#waiting ??= Promise.withResolvers()
    await this.#waiting.promise
  }

  /**
   * Closes it for good.
   * @param linger how long to wait until what was taken is sent, ms
   * @returns once the connections are closed
   */
  async close(linger: number): Promise<void> {
    this.#isClosed = true
    this.#turns = []
    this.#wake()
    await this.#peers.close(linger)
  }

  #deal(frames: readonly Uint8Array[]): boolean {
    const at = this.#turns.findIndex((link) => this.#hasRoom(link))
    const link = this.#turns[at]
    if (!link) return false
    this.#turns.splice(at, 1)
    this.#turns.push(link)
    link.send(encodeMessage(frames))
    return true
  }

  #publish(frames: readonly Uint8Array[]): boolean {
    const [first] = frames
    // Encoded once for all.
    let pieces: Uint8Array[] | undefined
    for (const link of this.#peers.ready) {
      if (!first || !this.#subscriptions.get(link)?.includes(first)) continue
      pieces ??= encodeMessage(frames)
      if (this.#hasRoom(link)) link.send(pieces)
      else this.#dropped++
    }
    return true
  }

  #hasRoom(link: Link): boolean {
    return link.pending < this.#options.highWaterMark
  }

  #wake(): void {
    this.#waiting?.resolve()
    this.#waiting = undefined
  }

  #use(link: Link): LinkUser {
    if (this.#options.type === 'PUSH') return { messages: NO_MESSAGES, sent: () => this.#wake() }
    const subscriptions = new Subscriptions()
    this.#subscriptions.set(link, subscriptions)
    const messages = new MessageReader({
      leadingFrames: 1,
      bounds: SUBSCRIPTION_BOUNDS,
      allocate: (bytes) => new Uint8Array(bytes),
      listener: {
        leading: () => 'keep',
        message([frame = new Uint8Array(0)]) {
          const { kind, prefix } = parseSubscription(frame)
          subscriptions.change(kind, prefix)
        },
        skipped() {},
      },
    })
    return { messages, subscription: (kind, prefix) => subscriptions.change(kind, prefix) }
  }
}

/** PULL sockets send none. */
const NO_MESSAGES = {
  begin(): never {
    throw new ZmtpError('sends a message to a socket that receives none')
  },
  end() {},
}

const SUBSCRIPTION_BOUNDS = { maxFrames: 1, maxMessageBytes: 256, maxLeadingBytes: 256 }
