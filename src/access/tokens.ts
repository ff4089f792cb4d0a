import { randomUUID } from 'node:crypto'
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { SigningKey, User } from '../core/account-store.ts'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import { LruMap } from '../core/lru-map.ts'
import { isJsonObject } from '../wire/json.ts'
import { roleOfHub } from './hub-roles.ts'
import { randomText } from './secrets.ts'

/** Settings of tokens; times in ms. */
export interface TokenRules {
  /** How long an access token is valid. */
  readonly accessLife: number
  /** How long a refresh token is valid. */
  readonly refreshLife: number
  /** How far the clocks of those who sign and check tokens may differ (clock skew). */
  readonly leeway: number
}

/** The claims of an access token; times in ms since 1970. */
export interface AccessClaims {
  readonly username: string
  readonly role: string
  /** Its own id (`jti`), by which it can be revoked. */
  readonly id: string
  /** The session it belongs to; undefined if it was signed by others who have the secret. */
  readonly sessionId: string | undefined
  readonly issuedAt: number
  /** When it expires, including the leeway. */
  readonly expiresAt: number
}

/** The claims of a refresh token. */
export interface RefreshClaims {
  /** Its own id (`jti`). */
  readonly id: string
  /** The session it belongs to; undefined if it was signed by others, or by version 0.1.0, which only stored it. */
  readonly sessionId: string | undefined
}

/** A new refresh token. */
export interface RefreshToken {
  readonly token: string
  readonly id: string
  /** ms since 1970. */
  readonly expiresAt: number
}

/**
 * Signs and verifies the tokens of the detection hub's clients: JSON Web Tokens (JWT, RFC 7519), HS256, payload
 * `{"subject":{…},"type":"access"|"refresh","exp","iat","jti"}`. The newest key signs, all known ones verify, selected
 * by `kid`; a token without `kid`, signed by others, is tried with each.
 */
export class Tokens {
  readonly #rules: TokenRules
  readonly #clock: Clock
  readonly #keys: () => readonly SigningKey[]
  readonly #imported = new Map<string, Promise<CryptoKey>>()
  /** Tokens whose signature was verified, with the id of the key. */
  readonly #verified = new LruMap<string, { readonly keyId: string; readonly payload: TokenPayload }>(MAX_VERIFIED)

  /** @param keys returns the current keys, newest first, at least one */
  constructor(rules: TokenRules, clock: Clock, keys: () => readonly SigningKey[]) {
    this.#rules = rules
    this.#clock = clock
    this.#keys = keys
  }

  /** Creates an access token of a session. */
  async access({ username, role }: Pick<User, 'username' | 'role'>, sessionId: string): Promise<string> {
    const id = newId(sessionId)
    const { token } = await this.#sign('access', { username, role, jti: id }, randomUUID(), this.#rules.accessLife)
    return token
  }

  /** Creates a refresh token of a session. */
  async refresh({ username }: Pick<User, 'username'>, sessionId: string): Promise<RefreshToken> {
    const id = newId(sessionId)
    return { ...(await this.#sign('refresh', { username }, id, this.#rules.refreshLife)), id }
  }

  /** Verifies an access token. @throws Refusal `unauthenticated`, saying why it is not valid */
  async readAccess(token: string): Promise<AccessClaims> {
    const { subject, type, iat, exp } = await this.#read(token)
    if (type === 'refresh')
      throw new Refusal('unauthenticated', 'This is a refresh token; an access token is needed here.')
    if (type !== 'access' || !isJsonObject(subject) || iat === undefined || exp === undefined) throw unknownToken()
    const { username, role, jti } = subject
    if (typeof username !== 'string' || typeof role !== 'string' || typeof jti !== 'string') throw unknownToken()
    return {
      username,
      role: roleOfHub(role),
      id: jti,
      sessionId: sessionIn(jti),
      issuedAt: iat * 1000,
      expiresAt: exp * 1000 + this.#rules.leeway,
    }
  }

  /** Verifies a refresh token. @throws Refusal `unauthenticated`, with the API contract's messages */
  async readRefresh(token: string): Promise<RefreshClaims> {
    if (token === '') throw new Refusal('unauthenticated', 'Refresh token is missing')
    const payload = await this.#read(token).catch((error: unknown) => {
      if (error instanceof ExpiredError) throw new Refusal('unauthenticated', 'Refresh token has expired')
      throw error instanceof Refusal ? new Refusal('unauthenticated', 'Invalid refresh token') : error
    })
    const { subject, type, jti } = payload
    if (type !== 'refresh' || !isJsonObject(subject) || typeof subject.username !== 'string' || jti === undefined)
      throw new Refusal('unauthenticated', 'Invalid refresh token payload')
    return { id: jti, sessionId: sessionIn(jti) }
  }

  async #sign(type: 'access' | 'refresh', subject: Record<string, string>, jti: string, life: number) {
    const [key] = this.#keys()
    if (!key) throw new Error('there is no key to sign tokens with')
    const now = Math.floor(this.#clock.now() / 1000)
    const expiry = now + Math.ceil(life / 1000)
    const token = await new SignJWT({ subject, type, iat: now, exp: expiry, jti })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: key.id })
      .sign(await this.#import(key))
    return { token, expiresAt: expiry * 1000 }
  }

  async #read(token: string): Promise<TokenPayload> {
    if (token.length > MAX_TOKEN_LENGTH) throw unknownToken()
    const known = this.#verified.get(token)
    // What is signed does not change; when it is valid, and with which keys, is asked each time.
    if (known && this.#keys().some(({ id }) => id === known.keyId)) {
      if ((known.payload.exp ?? 0) * 1000 + this.#rules.leeway <= this.#clock.now()) throw new ExpiredError()
      return known.payload
    }
    for (const key of this.#candidates(token)) {
      try {
        const { payload } = await jwtVerify<TokenPayload>(token, await this.#import(key), {
          algorithms: ['HS256'],
          currentDate: new Date(this.#clock.now()),
          clockTolerance: this.#rules.leeway / 1000,
          requiredClaims: ['exp', 'iat'],
        })
        if ((payload.iat ?? 0) * 1000 > this.#clock.now() + this.#rules.leeway)
          throw new Refusal('unauthenticated', 'This token is from the future: the clocks are too far apart.')
        this.#verified.set(token, { keyId: key.id, payload })
        return payload
      } catch (error) {
        if (error instanceof errors.JWSSignatureVerificationFailed) continue
        if (error instanceof errors.JWTExpired) throw new ExpiredError()
        if (error instanceof errors.JOSEError) throw unknownToken()
        throw error
      }
    }
    throw unknownToken()
  }

  /** The keys that may have signed a token. */
  #candidates(token: string): readonly SigningKey[] {
    const keys = this.#keys()
    const kid = keyIdOf(token)
    if (kid === undefined) return keys
    const named = keys.filter(({ id }) => id === kid)
    // An unknown `kid` may be another server's name for a shared secret.
    return named.length > 0 ? named : keys
  }

  #import({ id, secret }: SigningKey): Promise<CryptoKey> {
    let imported = this.#imported.get(id)
    if (!imported) {
      const algorithm = { name: 'HMAC', hash: 'SHA-256' }
      imported = crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['sign', 'verify'])
      this.#imported.set(id, imported)
    }
    return imported
  }
}

/** The claims of a token, as far as anything is known of them. */
type TokenPayload = JWTPayload & { readonly subject?: unknown; readonly type?: unknown }

/** How many verified tokens are remembered: checking a signature costs more than all else that is done for a call. */
const MAX_VERIFIED = 2000

/** A class of its own, because the API contract has a message of its own for it. */
class ExpiredError extends Refusal {
  constructor() {
    super('unauthenticated', 'This token has expired.')
  }
}

/** A new token id. */
function newId(sessionId: string): string {
  return `${sessionId}.${randomText(9)}`
}

/** The session's id in a token id; undefined if it is not one of ours: tokens signed by others may have any id. */
function sessionIn(tokenId: string): string | undefined {
  return OUR_ID.exec(tokenId)?.[1]
}

const OUR_ID = /^([\w-]{22})\.[\w-]{12}$/

const MAX_TOKEN_LENGTH = 4096

function unknownToken(): Refusal {
  return new Refusal('unauthenticated', 'This token or key is not known here.')
}

/** The `kid` of a token; undefined if it has none. */
function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    // Not a token at all, which verifying it will report.
    return undefined
  }
}
