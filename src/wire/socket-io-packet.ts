import { writeJson } from './json-text.ts'
import { textMessage } from './ws-frame.ts'

/*
 * Socket.IO packets (https://socket.io/docs/v4/socket-io-protocol/), as text in messages of Engine.IO. They are the same
 * in all versions of the protocol that clients speak.
 */

/** An event with its arguments, as JSON: the name comes first. */
export type SocketIoEvent = readonly [name: string, ...args: unknown[]]

/** A packet in a namespace, encoded. */
export interface EncodedPacket {
  /** The packet, for transports that join several in one response: `2["live_event",{…}]`. */
  readonly text: string
  /** The whole WebSocket frame of it: one piece or, if it is large, two, to be written one after another. */
  readonly frame: readonly Uint8Array[]
}

/** An event for many clients. It is encoded at most once for each namespace, and not before somebody gets it. */
export class SharedPacket {
  readonly #event: SocketIoEvent
  readonly #encoded = new Map<string, EncodedPacket>()

  /** @param event nothing in it may be binary, or `undefined` */
  constructor(event: SocketIoEvent) {
    this.#event = event
  }

  /** The packet in a namespace. @param namespace "/", or another one: there are few, and each is kept */
  in(namespace: string): EncodedPacket {
    const known = this.#encoded.get(namespace)
    if (known) return known
    const text = encodeEvent(this.#event, namespace)
    const packet = { text, frame: textMessage(MESSAGE + text).plain }
    this.#encoded.set(namespace, packet)
    return packet
  }
}

/** Encodes an event in a namespace. @param event nothing in it may be binary, or `undefined` */
export function encodeEvent(event: SocketIoEvent, namespace: string): string {
  const json = writeJson(event)
  return namespace === MAIN_NAMESPACE ? EVENT + json : `${EVENT}${namespace},${json}`
}

/** The namespace that a client is in without naming one. */
export const MAIN_NAMESPACE = '/'

/** The type of a packet with an event. */
const EVENT = '2'

/** The type of an Engine.IO packet with a message. */
const MESSAGE = '4'
