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

/** Makes a client that neither connects again nor queues by itself. Loaded only here: most servers have no Redis. */
export async function makeClient({ host, port, username, password, db, tls }: RedisServer, connectTimeout: number) {
  const { createClient, RESP_TYPES } = await import('redis')
  const socket = { host, port, connectTimeout, reconnectStrategy: false } as const
  return createClient({
    RESP: 2,
    socket: tls ? { ...socket, ...tls, tls: true } : socket,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database: db,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    // Its own time limit ends when a command is written.
    commandOptions: { timeout: undefined, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  })
}
