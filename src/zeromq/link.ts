import { connect, type Socket } from 'node:net'
import type { Clock } from '../core/clock.ts'
import type { EventLoopTurns } from '../core/event-loop-turns.ts'
import type { ZmtpAddress, ZmtpRole } from '../wire/zmtp/address.ts'
import type { FrameHandler } from '../wire/zmtp/frame.ts'
import type { Patience } from '../wire/zmtp/patience.ts'
import { Session } from '../wire/zmtp/session.ts'
import type { SocketType } from '../wire/zmtp/socket-type.ts'
import { connectionFailure } from './connection-failure.ts'
import { ReadBuffer } from './read-buffer.ts'
import { TurnReader } from './turn-reader.ts'

/** What a link needs. */
export interface LinkParts {
  readonly type: SocketType
  readonly role: ZmtpRole
  readonly clock: Clock
  readonly patience: Patience
  /** In which what arrives is handled; links with the same `client` have one turn together. */
  readonly turns: EventLoopTurns
  readonly client: string
  /** Makes what takes the messages and subscriptions of a link. */
  use(link: Link): LinkUser
  /** Messages may be sent. */
  ready(link: Link): void
  /** It is over. @param reason what happened, to be put behind the peer's address */
  lost(link: Link, reason: string): void
}

/** What takes the messages and subscriptions that come over a link. */
export interface LinkUser {
  readonly messages: FrameHandler
  /** As of `SessionParts`. */
  subscription?(kind: 'SUBSCRIBE' | 'CANCEL', prefix: Uint8Array): void
  /** A message has been handed to the kernel, so that there is room for one more. */
  sent?(): void
}

/**
 * One TCP connection to a peer, from the attempt to its end. It is read as fast as the turns of the event loop allow, and
 * what is not wanted is dropped, since a sender that is not read keeps old messages for later.
 */
export class Link {
  readonly #parts: LinkParts
  readonly #socket: Socket
  readonly #user: LinkUser
  #session: Session | undefined
  #reader: TurnReader | undefined
  #reason = 'has closed the connection'
  #cancelConnecting = () => {}
  #pending = 0
  #unread = 0

  /** Connects to a peer. */
  static connect({ host = '', port }: ZmtpAddress, parts: LinkParts): Link {
    const read = new ReadBuffer()
    const socket = connect({ host, port, noDelay: true, onread: read.onread })
    const link = new Link(socket, parts)
    const { handshake } = parts.patience
    link.#cancelConnecting = parts.clock.after(handshake, () =>
      link.fail(`cannot be reached: the host has not answered for ${handshake / 1000} s`),
    )
    socket.once('connect', () => {
      read.session = link.#begin()
      read.reader = link.#reader
    })
    return link
  }

  /** Takes a connection of a peer. (Node offers no `onread` for those: what is read is allocated.) */
  static accept(socket: Socket, parts: LinkParts): Link {
    socket.setNoDelay(true)
    const link = new Link(socket, parts)
    link.#begin()
    socket.on('data', (chunk: Buffer) => {
      if (link.#reader?.receive(chunk) === false) socket.pause()
    })
    return link
  }

  private constructor(socket: Socket, parts: LinkParts) {
    this.#parts = parts
    this.#socket = socket
    this.#user = parts.use(this)
    socket.on('error', (error) => {
      this.#reason = connectionFailure(error) ?? this.#reason
    })
    socket.once('close', () => {
      this.#cancelConnecting()
      this.#session?.close()
      this.#reader?.stop()
      parts.lost(this, this.#reason)
    })
  }

  /** How many messages the kernel has not taken yet. */
  get pending(): number {
    return this.#pending
  }

  /** Sends a message. @param pieces of `encodeMessage`; they must not change until it is sent */
  send(pieces: readonly Uint8Array[]): void {
    this.#pending++
    const sent = () => {
      this.#pending--
      this.#user.sent?.()
    }
    this.#socket.cork()
    for (const [index, piece] of pieces.entries())
      this.#socket.write(piece, index === pieces.length - 1 ? sent : undefined)
    this.#socket.uncork()
  }

  /** Closes the connection at once. @param reason as of `LinkParts.lost` */
  fail(reason: string): void {
    this.#session?.close()
    this.#reason = reason
    this.#socket.destroy()
  }

  /** Closes the connection once everything is sent. */
  end(): void {
    this.#session?.close()
    this.#socket.end()
  }

  #begin(): Session {
    this.#cancelConnecting()
    const { type, role, clock, patience, ready, turns, client } = this.#parts
    const session = new Session({
      ...{ type, role, clock, patience },
      ...this.#user,
      write: (bytes) => this.#say(bytes),
      ready: () => {
        this.#reason = 'has closed the connection'
        ready(this)
      },
      isBehind: () => this.#pending > 0,
      failed: ({ message }) => this.fail(message),
    })
    this.#reason =
      'has closed the connection during the handshake: perhaps socket types or security mechanisms do not go together'
    this.#session = session
    this.#reader = new TurnReader({ session, turns, client, resume: () => this.#socket.resume() })
    return session
  }

  /** Writes what is no message. A peer that asks and asks, and does not read the answers, is cut off. */
  #say(bytes: Uint8Array): void {
    this.#unread += bytes.length
    if (this.#unread > MAX_UNREAD_BYTES) {
      this.fail('does not read the answers to its commands')
      return
    }
    this.#socket.write(bytes, () => {
      this.#unread -= bytes.length
    })
  }
}

/** What of our own, besides messages, may wait for a peer to read it. */
const MAX_UNREAD_BYTES = 65_536
