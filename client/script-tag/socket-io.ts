import { loadScript } from './script-origin.ts'

/** What is used of Socket.IO's client, of any version from 1.3 on. */
export interface SocketIoSocket {
  readonly connected: boolean
  /** Its connection; before version 3 the options of the next attempt are changed there. */
  readonly io: { readonly opts: { query?: unknown } }
  on(name: string, listener: (...args: unknown[]) => void): unknown
  emit(name: string, ...args: unknown[]): unknown
  connect(): unknown
  close(): unknown
}

/** Socket.IO's `io`. */
export interface SocketIo {
  (url: string, options: object): SocketIoSocket
  /** 5 from version 3 on, 4 before. */
  readonly protocol?: number
}

/** What a client shows to be let in, and to go on where it was. */
export interface Credentials {
  readonly token?: string | undefined
  /** The id of the last event that it has seen. */
  readonly offset?: string | undefined
}

/** The page's own `io`; if it has none, that of the server is loaded. @throws Error when it cannot be loaded */
export async function loadSocketIo(): Promise<SocketIo> {
  const own = pageIo()
  if (own) return own
  // A failure is forgotten, so that the next attempt loads it anew.
  loading ??= loadScript('socket.io.min.js').finally(() => {
    loading = undefined
  })
  await loading
  const loaded = pageIo()
  if (!loaded) throw new Error('socket.io.min.js was loaded, but there is no "io"')
  return loaded
}

let loading: Promise<void> | undefined

function pageIo(): SocketIo | undefined {
  const { io } = globalThis as { io?: unknown }
  return typeof io === 'function' ? (io as SocketIo) : undefined
}

/**
 * Makes a socket that neither connects nor reconnects by itself, with a connection of its own.
 * @param url what is in its path is the namespace; below a path of its host, as in "wss://host/cameras/socket.io/", what is
 *   before "/socket.io" is where the server is
 * @param credentials what to show at each attempt, from version 3 on
 */
export function openSocket(io: SocketIo, url: string, credentials: () => Credentials): SocketIoSocket {
  const address = new URL(url)
  const [, base = ''] = /^(\/.+)\/socket\.io\/?$/.exec(address.pathname) ?? []
  address.pathname = address.pathname.slice(base.length)
  return io(base === '' ? url : address.href, {
    ...(base !== '' && { path: `${base}/socket.io/` }),
    autoConnect: false,
    reconnection: false,
    forceNew: true,
    // Version 2 would send cookies to other sites, which the server does not allow them.
    withCredentials: false,
    timeout: CONNECT_MS,
    auth: (send: (data: object) => void) => send(credentials()),
  })
}

/** Shows credentials before version 3, which has no `auth`: in the query of the next attempt. */
export function setQuery(io: SocketIo, socket: SocketIoSocket, { token }: Credentials): void {
  if ((io.protocol ?? 0) >= 5 || token === undefined) return
  socket.io.opts.query = { token }
}

/** How long an attempt may take, ms. */
export const CONNECT_MS = 20_000
