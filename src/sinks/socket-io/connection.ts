import type { EndCause } from '../../core/connection.ts'
import type { Refusal } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'
import type { EncodedPacket } from '../../wire/socket-io-packet.ts'

/** A connection of Engine.IO, over any of its transports, as Socket.IO sees it. */
export interface SocketIoConnection {
  /** Whose turn it is: clients take turns. */
  readonly client: string
  /** What paths of ours begin with, as its peer sees them (`BasePaths.of`). */
  readonly basePath: string
  /** The IP address of its peer. */
  readonly address: string
  /** Whether everything that was written has been taken, so that nothing is queued for the peer. */
  readonly isDrained: boolean
  /** Writes a packet; does nothing after the end. */
  write(packet: EncodedPacket): void
  /** Writes a packet for this peer alone. */
  send(text: string): void
  /** Counts work that is worth so many messages. */
  charge(messages: number): void
  /**
   * Authenticates the peer. From the first time on it counts as one of the viewers, and is closed when the right ends.
   * @param token of the peer's own; without it what its first request came with counts
   * @param place whether it also takes one of the places of doorbell clients, if it has none
   * @throws Refusal `unauthenticated`, `forbidden`; `limited` or `exhausted` when there is no room for it
   */
  admit(token: string | undefined, place: 'doorbell' | 'none'): Promise<Principal>
  /**
   * The peer asks for what doorbell clients get: it keeps its place, or takes one if it has none. Called after `admit`.
   * @throws Refusal `limited` or `exhausted` when there is none
   */
  claimPlace(): void
  /** Gives its place back, unless it has claimed it. */
  giveUnclaimedPlace(): void
  /** Counts what was refused, and records it in the audit trail. */
  refused(refusal: Refusal): void
  /** Closes it, after what was written before. */
  end(cause: EndCause, reason: string): void
  /** Sets the listener. */
  listen(listener: SocketIoListener): void
}

/** Events of a connection. */
export interface SocketIoListener {
  /** `isDrained` is true again. */
  drained?(): void
  /** A message was not handled, since it was too large. */
  tooLarge?(): void
  /** It is about to be closed by the server. */
  ending?(cause: EndCause, reason: string): void
  /** It is closed; the last event. */
  closed?(): void
}
