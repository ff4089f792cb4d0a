import { createHmac } from 'node:crypto'
import { pino } from 'pino'
import { expect, onTestFinished } from 'vitest'
import type { PasswordCost } from '../../src/access/password-hasher.ts'
import type { Clock } from '../../src/core/clock.ts'
import { type RawAnswer, rawRequest } from './raw.ts'
import { authorized, type Fields, TestServer } from './server.ts'
import { type Closing, TestSocket } from './sockets.ts'

/** The signing secret of tokens on servers under attack. */
export const TOKEN_SECRET = 'a-secret-of-tokens-that-only-the-tests-know'

/** The password of `admin` on servers under attack. */
export const ADMIN_PASSWORD = 'the-password-of-the-admin'

/** The credentials, headers and body of an attacker's request. */
export interface Attempt {
  readonly token?: string
  readonly cookie?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a text is sent as is. */
  readonly body?: unknown
}

/** A response, with its JSON object if it has one. */
export interface AttemptAnswer extends RawAnswer {
  readonly fields: Fields
}

/** A user, signed in both ways: with tokens and with a session cookie. */
export interface Person {
  readonly username: string
  readonly password: string
  readonly access: string
  readonly refresh: string
  /** "belvedere_session_ID=…" */
  readonly cookie: string
}

/**
 * A server under attack, on a free port of this machine. At the end of the test it checks that no secret that was sent
 * or received is in the log or the audit trail, and that the server logged no failure.
 */
export class Fortress {
  readonly server: TestServer
  /** The raw lines of the server's log. */
  readonly lines: string[]
  /** An admin API key, for the test's own setup and checks. */
  readonly key: string
  readonly #secrets = new Set<string>([TOKEN_SECRET])

  private constructor(server: TestServer, lines: string[], key: string) {
    this.server = server
    this.lines = lines
    this.key = this.secret(key)
  }

  /** @param parts replaces parts of the server */
  static async start(
    config: Readonly<Record<string, string | number>> = {},
    parts: { readonly clock?: Clock; readonly passwordCost?: PasswordCost } = {},
  ): Promise<Fortress> {
    const lines: string[] = []
    const server = await TestServer.start({
      config: { admin_password: ADMIN_PASSWORD, 'tokens.secret': TOKEN_SECRET, ...config },
      ...parts,
      log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
    })
    const login = await call(server, 'POST', '/login', { body: { username: 'admin', password: ADMIN_PASSWORD } })
    const access = String(login.fields.access_token)
    const made = await call(server, 'POST', '/keys', { token: access, body: { name: 'the test', scope: 'admin' } })
    const fortress = new Fortress(server, lines, String(made.fields.key))
    for (const secret of [ADMIN_PASSWORD, access, String(login.fields.refresh_token)]) fortress.secret(secret)
    onTestFinished(() => fortress.#checkSilence())
    return fortress
  }

  /** Registers a secret that must not appear in the log or the audit trail. @returns the same text */
  secret(text: string): string {
    this.#secrets.add(text)
    // The signature alone is a secret: header and payload can be guessed.
    const signature = text.split('.')[2]
    if (signature !== undefined && signature.length > 20) this.#secrets.add(signature)
    return text
  }

  /** Sends a request. Its credentials are registered as secrets. */
  async send(method: string, path: string, attempt: Attempt = {}): Promise<AttemptAnswer> {
    for (const shown of [attempt.token, attempt.cookie?.split('=')[1]])
      if (shown !== undefined && shown.length > 15 && shown.length < 2000) this.secret(shown)
    return call(this.server, method, path, attempt)
  }

  /** Sends a request as an administrator, which must succeed. */
  async administer(method: string, path: string, body?: unknown): Promise<Fields> {
    const { status, fields, body: text } = await this.send(method, path, { token: this.key, body })
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text}`)
    return fields
  }

  /** Adds a user and signs in. */
  async person(username: string, role: string, labels: readonly string[] = []): Promise<Person> {
    const password = this.secret(`the-password-of-${username}`)
    await this.administer('POST', '/add_user', { username, password, role, labels })
    return this.signIn(username, password)
  }

  /** Signs in both ways: with tokens and on the page. */
  async signIn(username: string, password: string): Promise<Person> {
    const { status, fields } = await this.send('POST', '/login', { body: { username, password } })
    expect(status, `${username} logs in`).toBe(200)
    const page = await this.send('POST', '/session', { body: { username, password } })
    const cookie = String(page.headers['set-cookie']).split(';')[0] ?? ''
    this.secret(cookie.split('=')[1] ?? '')
    const access = this.secret(String(fields.access_token))
    return { username, password, access, refresh: this.secret(String(fields.refresh_token)), cookie }
  }

  /** Opens a WebSocket with an attacker's credentials. */
  async socket(path: string, { token, cookie, headers = {} }: Attempt = {}): Promise<TestSocket> {
    if (token !== undefined && token.length > 15) this.secret(token)
    return TestSocket.open(this.server.socketUrl(path), {
      headers: { ...(token !== undefined && authorized(token)), ...(cookie !== undefined && { cookie }), ...headers },
    })
  }

  /** Opens a WebSocket and waits until the server closes it. */
  async closing(path: string, attempt: Attempt = {}): Promise<Closing> {
    return (await this.socket(path, attempt)).closed
  }

  /** The whole audit trail, newest first. */
  async audit(): Promise<Fields[]> {
    const all: Fields[] = []
    for (let before = ''; ; ) {
      const { entries, more } = await this.administer('GET', `/audit?limit=500${before}`)
      if (!Array.isArray(entries)) throw new Error('/audit gave no entries')
      all.push(...entries)
      if (more !== true) return all
      before = `&before=${Number(entries.at(-1)?.id)}`
    }
  }

  /** Expects an entry in the audit trail and in the log. */
  async expectNoted(entry: Fields): Promise<void> {
    expect(await this.audit()).toContainEqual(expect.objectContaining(entry))
    expect(this.lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ ...entry, msg: 'audit' }),
    )
  }

  /** Expects that a request is refused with this status and a message, and that this was recorded. */
  async expectRefused(method: string, path: string, attempt: Attempt, status: number, who?: string): Promise<void> {
    const answer = await this.send(method, path, attempt)
    expect([method, path, answer.status, answer.fields]).toEqual([method, path, status, { detail: expect.any(String) }])
    const target = `${method} ${path.split('?')[0]}`
    await this.expectNoted({
      action: 'request',
      target,
      outcome: 'refused',
      detail: answer.fields.detail,
      ...(who !== undefined && { who }),
    })
  }

  /** Expects that a WebSocket is opened and closed with 1008 and a reason, and that this was recorded. */
  async expectTurnedAway(path: string, attempt: Attempt): Promise<void> {
    const { code, reason } = await this.closing(path, attempt)
    expect([path, code, reason]).toEqual([path, 1008, expect.stringMatching(/./)])
    await this.expectNoted({ action: 'request', target: `socket ${path.split('?')[0]}`, outcome: 'refused' })
  }

  async #checkSilence(): Promise<void> {
    const written = [...this.lines, ...(await this.audit()).map((entry) => JSON.stringify(entry))]
    for (const line of written) {
      for (const secret of this.#secrets) if (line.includes(secret)) throw new Error(`${secret} stands in ${line}`)
      expect(line.trim(), 'one entry a line').not.toContain('\n')
      expect(JSON.parse(line).level ?? 0, line).toBeLessThan(50)
    }
  }
}

async function call(
  server: TestServer,
  method: string,
  path: string,
  { token, cookie, headers, body }: Attempt,
): Promise<AttemptAnswer> {
  const answer = await rawRequest(server.url, {
    path,
    method,
    headers: {
      ...(token !== undefined && authorized(token)),
      ...(cookie !== undefined && { cookie }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { ...answer, fields: fieldsOf(answer) }
}

function fieldsOf({ headers, body }: RawAnswer): Fields {
  if (!String(headers['content-type']).startsWith('application/json') || body === '') return {}
  const value: unknown = JSON.parse(body)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** Forges a JWT. @param secret the signing secret; undefined: unsigned */
export function forged(header: object, payload: object, secret?: string | Uint8Array): string {
  const text = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const input = `${text(header)}.${text(payload)}`
  const signature = secret === undefined ? '' : createHmac('sha256', secret).update(input).digest('base64url')
  return `${input}.${signature}`
}

/** The payload of an access token that is valid except for its signature. @param more overrides fields */
export function claims(username: string, role: string, more: object = {}): object {
  const now = Math.floor(Date.now() / 1000)
  return {
    subject: { username, role, jti: 'a-token-of-the-intruder' },
    type: 'access',
    iat: now,
    exp: now + 3600,
    jti: 'intruder',
    ...more,
  }
}

/** Decodes the header and payload of a JWT. */
export function opened(token: string): { header: Fields; payload: Fields } {
  const [header, payload] = token.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
  return { header, payload }
}
