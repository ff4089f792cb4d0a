import { expect } from 'vitest'
import { PASSWORD } from './people.ts'
import { rawRequest } from './raw.ts'
import { authorized, type Fields, TestServer, type TestServerOptions } from './server.ts'
import { type Closing, TestSocket } from './sockets.ts'

/** An HTTP response; the body is an empty object if there was none. */
export interface Asked {
  readonly status: number
  readonly body: Fields
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Options of a request. */
export interface Asking {
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a request as a client of the contract does. @param call method and path: "POST /login" */
export async function ask(server: TestServer, call: string, asking: Asking = {}): Promise<Asked> {
  const [method = '', path = ''] = call.split(' ')
  const { body, token, headers = {} } = asking
  const answer = await rawRequest(server.url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && authorized(token)),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, headers: answer.headers, body: answer.body === '' ? {} : JSON.parse(answer.body) }
}

/** Sends a request that must succeed. @returns the body @throws when it is refused */
export async function must(server: TestServer, call: string, asking: Asking = {}): Promise<Fields> {
  const { status, body } = await ask(server, call, asking)
  if (status >= 300) throw new Error(`${call} answered ${status}: ${JSON.stringify(body)}`)
  return body
}

/** The expected error response of the contract. */
export function refused(status: number, detail: unknown = expect.any(String)) {
  return { status, body: { detail } }
}

/** A field that must be a text. */
export function textOf(body: Fields, field: string): string {
  const value = body[field]
  if (typeof value !== 'string') throw new Error(`"${field}" is ${JSON.stringify(value)} in ${JSON.stringify(body)}`)
  return value
}

/** A field that must be a list of objects. */
export function listOf(body: Fields, field: string): Fields[] {
  const value = body[field]
  if (!Array.isArray(value)) throw new Error(`"${field}" is ${JSON.stringify(value)}`)
  return value
}

/** An access and a refresh token. */
export interface Pair {
  readonly access: string
  readonly refresh: string
}

/** Logs in as a program does (`/login`). */
export async function login(server: TestServer, username: string, password = PASSWORD): Promise<Pair> {
  return pairOf(await must(server, 'POST /login', { body: { username, password } }))
}

/** The tokens in a response of `/login` or `/refresh`. */
export function pairOf(body: Fields): Pair {
  return { access: textOf(body, 'access_token'), refresh: textOf(body, 'refresh_token') }
}

/** A server with an administrator, and helpers for the account tests. */
export async function startHouse({ config = {}, ...options }: TestServerOptions = {}) {
  const server = await TestServer.start({ ...options, config: { admin_password: PASSWORD, ...config } })
  const { access: admin } = await login(server, 'admin')
  return {
    server,
    /** An access token of the administrator. */
    admin,
    /** Adds a user and logs in as it. */
    async add(username: string, role = 'user', labels: readonly string[] = ['North']): Promise<Pair> {
      await must(server, 'POST /add_user', { token: admin, body: { username, password: PASSWORD, role, labels } })
      return login(server, username)
    },
  }
}

/** The payload (claims) of a JWT. */
export function payloadOf(token: string): Fields {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** Every WebSocket path that shows the stream North/gate. */
export const WATCHING = [
  '/ws/labels/North',
  '/ws/stream/North/gate',
  '/api/ws/labels/North',
  '/api/ws/stream/North/gate',
  '/ws/live',
]

/** Every WebSocket path. */
export const SOCKETS = [...WATCHING, '/ws/frames']

/** Open WebSockets of a test. */
export interface OpenSockets {
  /** How each was closed; resolves when all are. */
  readonly closings: Promise<Closing[]>
  /** How many are still open. */
  count(): Promise<number>
}

/** Opens WebSockets with a token in the URL, and makes sure that they stay open. */
export async function openSockets(server: TestServer, token: string, routes = WATCHING): Promise<OpenSockets> {
  return opened(routes, (route) => TestSocket.open(`${server.socketUrl(route)}?token=${token}`))
}

/** Opens WebSockets as the web app does, with its cookie. */
export async function openPageSockets(server: TestServer, cookie: string, routes = WATCHING): Promise<OpenSockets> {
  return opened(routes, (route) =>
    TestSocket.open(server.socketUrl(route), { headers: { cookie, origin: server.url } }),
  )
}

async function opened(routes: readonly string[], open: (route: string) => Promise<TestSocket>): Promise<OpenSockets> {
  const sockets = await Promise.all(routes.map(open))
  const isOpen = (socket: TestSocket) =>
    Promise.race([socket.settled().then(() => true), socket.closed.then(() => false)])
  const count = async () => (await Promise.all(sockets.map(isOpen))).filter(Boolean).length
  expect(await count(), 'sockets that were let in').toBe(routes.length)
  return { closings: Promise.all(sockets.map(({ closed }) => closed)), count }
}

/** The expected closings (1008) of sockets whose access was revoked. */
export function closedFor(reason: string, routes = WATCHING): Closing[] {
  return routes.map(() => ({ code: 1008, reason }))
}

/** Opens a WebSocket that the server closes, with a token in the URL. @returns how it was closed */
export async function closingOf(server: TestServer, route: string, token: string): Promise<Closing> {
  const socket = await TestSocket.open(`${server.socketUrl(route)}?token=${token}`)
  return socket.closed
}

/** Signs in as the web app does. @returns the session cookie, as a browser sends it back */
export async function signInOnPage(server: TestServer, username: string, password = PASSWORD): Promise<string> {
  const { status, headers, body } = await ask(server, 'POST /session', { body: { username, password } })
  if (status !== 200) throw new Error(`POST /session answered ${status}: ${JSON.stringify(body)}`)
  return cookieOf(headers)
}

/** The cookie that a response sets, as a browser sends it back. */
export function cookieOf(headers: Asked['headers']): string {
  return String([headers['set-cookie']].flat()[0]).split(';', 1)[0] ?? ''
}
