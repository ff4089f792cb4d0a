import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'

/** Where Redis is, and how to sign in to it. */
export interface RedisServer {
  readonly host: string
  readonly port: number
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** The number of the database. */
  readonly db: number
  /** Set for TLS: texts in PEM. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined
}

/** A client of Redis, of one link. */
export type RedisClient = Awaited<ReturnType<typeof makeClient>>

/** How a client is made. */
export interface ClientOptions {
  /** How long Redis may take to accept the connection, ms. */
  readonly connectTimeout: number
  /** Whether Redis is to say when a key is modified that the client has read (`CLIENT TRACKING`): it emits `invalidate`. */
  readonly isTracking: boolean
}

/** Makes a client that neither connects again nor queues by itself. Loaded only here: most servers have no Redis. */
export async function makeClient(server: RedisServer, { connectTimeout, isTracking }: ClientOptions) {
  const { host, port, username, password, db, tls } = server
  const redis = await import('redis')
  // While it is paused, Node reads on until it has so much.
  const paused = isTracking ? { readableHighWaterMark: 1 } : {}
  const socket = { host, port, connectTimeout, reconnectStrategy: false, ...paused } as const
  return templateOf(redis, isTracking).duplicate({
    emitInvalidate: isTracking,
    socket: tls ? { ...socket, ...tls, tls: true } : socket,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database: db,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    // Its own time limit ends when a command is written.
    commandOptions: { timeout: undefined, typeMapping: { [redis.RESP_TYPES.BLOB_STRING]: Buffer } },
  })
}

/**
 * A client that is never connected, of which others are made. The library makes classes with methods for all commands of Redis
 * for each client whose options are not those of the one before it. That takes 50 ms and so much memory that a server
 * without its Redis, which tries to connect all the time, did nothing else.
 */
function templateOf({ createClient }: typeof import('redis'), isTracking: boolean) {
  // Only RESP 3 has messages that answer no command.
  const template = TEMPLATES.get(isTracking) ?? createClient({ RESP: isTracking ? 3 : 2 })
  TEMPLATES.set(isTracking, template)
  return template
}

const TEMPLATES = new Map<boolean, ReturnType<typeof import('redis')['createClient']>>()

/**
 * Connects a client.
 * @returns also its socket, which the library keeps to itself: Node tells of each one that is made. Undefined if it did not
 */
export function connect(client: RedisClient): {
  readonly connected: Promise<unknown>
  readonly socket: Socket | undefined
} {
  let socket: Socket | undefined
  const note = (made: unknown) => {
    const { socket: each } = Object(made)
    if (each instanceof Socket) socket = each
  }
  // It is made in this very call, so it is no other's.
  subscribe(SOCKET_MADE, note)
  const connected = client.connect()
  unsubscribe(SOCKET_MADE, note)
  return { connected, socket }
}

/** https://nodejs.org/api/diagnostics_channel.html#net */
const SOCKET_MADE = 'net.client.socket'
