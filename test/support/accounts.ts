import { expect } from 'vitest'
import { PASSWORD } from './people.ts'
import { rawRequest } from './raw.ts'
import { authorized, type Fields, TestServer, type TestServerOptions } from './server.ts'
import { type Closing, TestSocket } from './sockets.ts'

/** What a call was answered with; the body is empty where there was none. */
export interface Asked {
  readonly status: number
  readonly body: Fields
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What goes with a call. */
export interface Asking {
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** Calls a server as its clients do, who know nothing but the contract. @param call "POST /login" */
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

/** The same, where it must succeed. @returns the body */
export async function must(server: TestServer, call: string, asking: Asking = {}): Promise<Fields> {
  const { status, body } = await ask(server, call, asking)
  if (status >= 300) throw new Error(`${call} answered ${status}: ${JSON.stringify(body)}`)
  return body
}

/** A refusal as the contract has it. */
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

/** Both tokens of somebody. */
export interface Pair {
  readonly access: string
  readonly refresh: string
}

/** Logs in as a program does. */
export async function login(server: TestServer, username: string, password = PASSWORD): Promise<Pair> {
  return pairOf(await must(server, 'POST /login', { body: { username, password } }))
}

/** The tokens in an answer of `/login` or `/refresh`. */
export function pairOf(body: Fields): Pair {
  return { access: textOf(body, 'access_token'), refresh: textOf(body, 'refresh_token') }
}

/** A server with an administrator, and what a test of accounts does all the time. */
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

/** What a token says: its middle part, which anybody can read. */
export function payloadOf(token: string): Fields {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** Every socket that shows the stream North/gate. */
export const WATCHING = [
  '/ws/labels/North',
  '/ws/stream/North/gate',
  '/api/ws/labels/North',
  '/api/ws/stream/North/gate',
  '/ws/live',
]

/** Every socket there is. */
export const SOCKETS = [...WATCHING, '/ws/frames']

/** Sockets that a test opened and found open. */
export interface OpenSockets {
  /** How each was closed, once all are. */
  readonly closings: Promise<Closing[]>
  /** How many are still open. */
  count(): Promise<number>
}

/** Opens sockets with a token in the address, and makes sure that they stay open. */
export async function openSockets(server: TestServer, token: string, routes = WATCHING): Promise<OpenSockets> {
  return opened(routes, (route) => TestSocket.open(`${server.socketUrl(route)}?token=${token}`))
}

/** Opens sockets as a page of the server does, with its cookie. */
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

/** So many sockets closed because their right has ended. */
export function closedFor(reason: string, routes = WATCHING): Closing[] {
  return routes.map(() => ({ code: 1008, reason }))
}

/** Tries to open a socket with a token in the address. @returns how it was closed */
export async function closingOf(server: TestServer, route: string, token: string): Promise<Closing> {
  const socket = await TestSocket.open(`${server.socketUrl(route)}?token=${token}`)
  return socket.closed
}

/** Signs in on the page. @returns the cookie as a browser sends it back */
export async function signInOnPage(server: TestServer, username: string, password = PASSWORD): Promise<string> {
  const { status, headers, body } = await ask(server, 'POST /session', { body: { username, password } })
  if (status !== 200) throw new Error(`POST /session answered ${status}: ${JSON.stringify(body)}`)
  return cookieOf(headers)
}

/** The cookie that an answer sets, as a browser sends it back. */
export function cookieOf(headers: Asked['headers']): string {
  return String([headers['set-cookie']].flat()[0]).split(';', 1)[0] ?? ''
}
