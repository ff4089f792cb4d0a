import type { DefaultEventsMap, Socket } from 'socket.io'
import { Refusal } from '../../core/errors.ts'
import type { ClientData } from './recovery.ts'

/** A client, with what is kept of it. */
export type ClientSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, ClientData>

/**
 * The token that a client gives in the protocol's own place for it.
 * @throws Refusal `invalid` for something else
 */
export function tokenIn({ handshake }: ClientSocket): string | undefined {
  const token: unknown = handshake.auth.token
  if (token === undefined || token === null || token === '') return undefined
  if (typeof token === 'string') return token
  throw new Refusal('invalid', 'auth.token: must be a text')
}

/** The last event that a client has seen, as its library says it; only clients of Engine.IO 4 do. */
export function offsetOf({ handshake, conn }: ClientSocket): string | undefined {
  const offset: unknown = handshake.auth.offset
  return conn.protocol !== 3 && typeof offset === 'string' && offset !== '' ? offset.slice(0, LONGEST_ID) : undefined
}

/**
 * Whether a client's library keeps the offset that comes as the last argument of an event. JavaScript's does, since 4.6.
 * Elsewhere (Python's, Dart's …) a handler would get one more argument than the contract has, and fail. Nothing in the
 * protocol tells them apart before the client comes again: but browsers and Node have headers that the others do not.
 */
export function keepsOffsets({ handshake, conn }: ClientSocket): boolean {
  if (conn.protocol === 3) return false
  const { auth, headers } = handshake
  if (typeof auth.pid === 'string' || typeof auth.offset === 'string') return true
  const agent = headers['user-agent']
  if (agent !== undefined) return /^Mozilla\/|^node/i.test(agent)
  // Node's WebSocket has no User-Agent, but offers compression.
  return headers['sec-websocket-extensions'] !== undefined
}

/** An id has at most 33 characters; what is longer is none. */
const LONGEST_ID = 64
