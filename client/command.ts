import type { Json } from '../src/core/json.ts'
import type { ConnectionOptions } from './reconnecting-socket.ts'

/**
 * Why a command was not done, or failed: `timed_out` when nothing came in time, `unreachable` when there was no answer;
 * the others are the server's.
 */
export type CommandErrorCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'limited'
  | 'unavailable'
  | 'timed_out'
  | 'unreachable'

/** A command was refused, or failed. The message begins with the command's name. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: CommandErrorCode
  /** Why, as a sentence: the server's, if it sent one. */
  readonly detail: string
  /** When to try again, in seconds from now, for `limited`. */
  readonly retryAfter: number | undefined

  constructor(command: string, code: CommandErrorCode, detail: string, retryAfter?: number) {
    super(`${command}: ${detail}`)
    this.code = code
    this.detail = detail
    this.retryAfter = retryAfter
  }
}

/** Options of a command. */
export interface CommandOptions {
  /** How long to wait for the result, ms, default 30 000. It may be done all the same after that. */
  readonly timeout?: number | undefined
}

/** Where commands are sent, and as whom. */
export interface CommandRoute {
  /** The address of the server's `/ws/live`. */
  readonly socket: URL
  readonly token: ConnectionOptions['token']
}

/**
 * Gives a command (`POST /commands/NAME`). Without a token the browser's cookie counts, on pages of the server itself.
 * @throws CommandError
 */
export async function sendCommand(
  { socket, token }: CommandRoute,
  name: string,
  params: Readonly<Record<string, Json>>,
  { timeout = 30_000 }: CommandOptions = {},
): Promise<Readonly<Record<string, Json>>> {
  const failed = (code: CommandErrorCode, detail: string, retryAfter?: number) =>
    new CommandError(name, code, detail, retryAfter)
  const signal = AbortSignal.timeout(timeout)
  let response: Response
  let answer: unknown
  try {
    const credential = (typeof token === 'function' ? await token() : token) ?? socket.searchParams.get('token')
    response = await fetch(addressOf(socket, name), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(credential && { authorization: `Bearer ${credential}` }) },
      body: JSON.stringify(params),
      cache: 'no-store',
      signal,
    })
    answer = await response.json().catch(() => undefined)
  } catch (error) {
    if (signal.aborted) throw failed('timed_out', `no answer in ${timeout} ms`)
    throw failed('unreachable', error instanceof Error ? error.message : String(error))
  }
  if (signal.aborted) throw failed('timed_out', `no answer in ${timeout} ms`)
  const { status, ok, headers } = response
  if (ok && isObject(answer) && isResult(answer.result)) return answer.result
  const wait = Number.parseInt(headers.get('retry-after') ?? '', 10)
  const detail = isObject(answer) && typeof answer.detail === 'string' ? answer.detail : `the server answered ${status}`
  throw failed(codeOf(status), detail, Number.isFinite(wait) ? wait : undefined)
}

/** @param socket "wss://host/prefix/ws/live": behind a proxy the server may have a prefix */
function addressOf(socket: URL, name: string): URL {
  const prefix = /^(.*)\/ws\/live\/?$/.exec(socket.pathname)?.[1] ?? ''
  const address = new URL(`${prefix}/commands/${encodeURIComponent(name)}`, socket)
  address.protocol = socket.protocol === 'wss:' ? 'https:' : 'http:'
  return address
}

const CODES: ReadonlyMap<number, CommandErrorCode> = new Map([
  [400, 'invalid'],
  [401, 'unauthenticated'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [413, 'invalid'],
  [422, 'invalid'],
  [429, 'limited'],
])

function codeOf(status: number): CommandErrorCode {
  return CODES.get(status) ?? 'unavailable'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** What was parsed from JSON is JSON. */
function isResult(value: unknown): value is Readonly<Record<string, Json>> {
  return isObject(value) && !Array.isArray(value)
}
