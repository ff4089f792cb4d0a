import { randomUUID } from 'node:crypto'
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { SigningKey, User } from '../core/account-store.ts'
import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import { isJsonObject } from '../wire/json.ts'
import { randomText } from './secrets.ts'

/** Settings of tokens; times in ms. */
export interface TokenRules {
  readonly accessLife: number
  readonly refreshLife: number
  /** How far the clocks of those who make and check tokens may be apart. */
  readonly leeway: number
}

/** What an access token says. */
export interface AccessClaims {
  readonly username: string
  readonly role: string
  /** Its own, by which it can be revoked. */
  readonly id: string
  /** Whose it is; undefined: it was signed elsewhere, by somebody who has the secret. */
  readonly sessionId: string | undefined
  readonly issuedAt: number
  /** Until when it is good, clocks being apart as far as they may be. */
  readonly expiresAt: number
}

/** A new refresh token. */
export interface RefreshToken {
  readonly token: string
  readonly id: string
  readonly expiresAt: number
}

/**
 * Makes and reads the tokens of the detection hub's clients: JSON Web Tokens (JWT, RFC 7519), HS256, payload
 * `{"subject":{…},"type":"access"|"refresh","exp","iat","jti"}`. The newest key signs, all known ones verify, told
 * apart by their ids (`kid`); a token without one, made elsewhere, is tried with each.
 */
export class Tokens {
  readonly #rules: TokenRules
  readonly #clock: Clock
  readonly #keys: () => readonly SigningKey[]
  readonly #imported = new Map<string, Promise<CryptoKey>>()

  /** @param keys the keys as they are now, the newest first, never none */
  constructor(rules: TokenRules, clock: Clock, keys: () => readonly SigningKey[]) {
    this.#rules = rules
    this.#clock = clock
    this.#keys = keys
  }

  /** An access token of a session. */
  async access({ username, role }: Pick<User, 'username' | 'role'>, sessionId: string): Promise<string> {
    const id = `${sessionId}.${randomText(9)}`
    const { token } = await this.#sign('access', { username, role, jti: id }, randomUUID(), this.#rules.accessLife)
    return token
  }

  /** A refresh token; which session it belongs to is kept on the server. */
  async refresh({ username }: Pick<User, 'username'>): Promise<RefreshToken> {
    const id = randomUUID()
    return { ...(await this.#sign('refresh', { username }, id, this.#rules.refreshLife)), id }
  }

  /** @throws Refusal `unauthenticated`, saying why it is not good */
  async readAccess(token: string): Promise<AccessClaims> {
    const { subject, type, iat, exp } = await this.#read(token)
    if (type === 'refresh')
      throw new Refusal('unauthenticated', 'This is a refresh token; an access token is needed here.')
    if (type !== 'access' || !isJsonObject(subject) || iat === undefined || exp === undefined) throw notOurs()
    const { username, role, jti } = subject
    if (typeof username !== 'string' || typeof role !== 'string' || typeof jti !== 'string') throw notOurs()
    return {
      username,
      role,
      id: jti,
      sessionId: OUR_ID.exec(jti)?.[1],
      issuedAt: iat * 1000,
      expiresAt: exp * 1000 + this.#rules.leeway,
    }
  }

  /** The id of a refresh token. @throws Refusal `unauthenticated` in the contract's words */
  async readRefresh(token: string): Promise<string> {
    if (token === '') throw new Refusal('unauthenticated', 'Refresh token is missing')
    const payload = await this.#read(token).catch((error: unknown) => {
      if (error instanceof ExpiredError) throw new Refusal('unauthenticated', 'Refresh token has expired')
      throw error instanceof Refusal ? new Refusal('unauthenticated', 'Invalid refresh token') : error
    })
    const { subject, type, jti } = payload
    if (type !== 'refresh' || !isJsonObject(subject) || typeof subject.username !== 'string' || jti === undefined)
      throw new Refusal('unauthenticated', 'Invalid refresh token payload')
    return jti
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

  async #read(token: string): Promise<JWTPayload & { readonly subject?: unknown; readonly type?: unknown }> {
    if (token.length > MAX_TOKEN_LENGTH) throw notOurs()
    for (const key of this.#candidates(token)) {
      try {
        const { payload } = await jwtVerify(token, await this.#import(key), {
          algorithms: ['HS256'],
          currentDate: new Date(this.#clock.now()),
          clockTolerance: this.#rules.leeway / 1000,
          requiredClaims: ['exp', 'iat'],
        })
        if ((payload.iat ?? 0) * 1000 > this.#clock.now() + this.#rules.leeway)
          throw new Refusal('unauthenticated', 'This token is from the future: the clocks are too far apart.')
        return payload
      } catch (error) {
        if (error instanceof errors.JWSSignatureVerificationFailed) continue
        if (error instanceof errors.JWTExpired) throw new ExpiredError()
        if (error instanceof errors.JOSEError) throw notOurs()
        throw error
      }
    }
    throw notOurs()
  }

  /** The keys that may have signed it. */
  #candidates(token: string): readonly SigningKey[] {
    const keys = this.#keys()
    const kid = keyIdOf(token)
    if (kid === undefined) return keys
    const named = keys.filter(({ id }) => id === kid)
    // One whose name is not known may be another server's name for a secret that we share.
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

/** Told apart, because the contract has words of its own for it. */
class ExpiredError extends Refusal {
  constructor() {
    super('unauthenticated', 'This token has expired.')
  }
}

/** Of ours, which name their session: others may have any. */
const OUR_ID = /^([\w-]{22})\.[\w-]{12}$/

const MAX_TOKEN_LENGTH = 4096

function notOurs(): Refusal {
  return new Refusal('unauthenticated', 'This token or key is not known here.')
}

/** The name of the key that has signed it; undefined: it tells none. */
function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    // No token at all, which verifying it will say.
    return undefined
  }
}
