import { createHash, randomBytes } from 'node:crypto'

/** Who asks, as it is, not encoded. */
export interface Credentials {
  readonly user: string
  readonly password: string
}

/**
 * What a camera is told of who asks, over HTTP and RTSP: Basic (RFC 7617) and Digest (RFC 7616, and RFC 2069 where the camera
 * knows no `qop`). Nothing is told before the camera has said what it wants, and no more often than can help: each wrong
 * password counts, and cameras lock accounts.
 */
export class HttpAuthentication {
  readonly #credentials: Credentials
  readonly #random: () => string
  #challenge: Challenge | undefined
  /** How often the nonce has been used. */
  #uses = 0
  /** Whether the camera has accepted the answer to this challenge. */
  #isAccepted = false
  /** Whether the last try was a second one with a new nonce. */
  #isSecondTry = false

  /** @param random makes a client nonce; replaced by tests */
  constructor(credentials: Credentials, random = () => randomBytes(12).toString('hex')) {
    this.#credentials = credentials
    this.#random = random
  }

  /**
   * The `Authorization` of the next request; undefined before the camera has asked for one.
   * @param uri exactly as the request line has it
   */
  authorization(method: string, uri: string): string | undefined {
    const challenge = this.#challenge
    if (!challenge) return undefined
    if (challenge.scheme === 'basic') return basic(this.#credentials)
    this.#uses++
    return digest(challenge, this.#credentials, { method, uri, uses: this.#uses, clientNonce: this.#random() })
  }

  /**
   * The camera has answered 401.
   * @param headers its `WWW-Authenticate` headers, each with one challenge or several
   * @returns `again`: send it again, with a new `authorization`; `wrong`: it refuses the credentials; `unknown`: it wants
   *   something that is not known here
   */
  refused(headers: readonly string[]): 'again' | 'wrong' | 'unknown' {
    const before = this.#challenge
    const wasAccepted = this.#isAccepted
    const next = bestOf(headers.flatMap(challengesIn))
    this.#challenge = next
    this.#uses = 0
    this.#isAccepted = false
    if (!next) return before ? 'wrong' : 'unknown'
    if (!before) return 'again'
    // The nonce is too old, or the camera has forgotten it; said or not.
    const isStale = next.scheme === 'digest' && (next.isStale || (wasAccepted && isOther(next, before)))
    const mayTry = isStale && !this.#isSecondTry
    this.#isSecondTry = mayTry
    if (mayTry) return 'again'
    this.#challenge = undefined
    return 'wrong'
  }

  /** The camera has answered something else than 401. */
  accepted(): void {
    this.#isAccepted = true
    this.#isSecondTry = false
  }
}

type Challenge = { readonly scheme: 'basic' } | DigestChallenge

interface DigestChallenge {
  readonly scheme: 'digest'
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | undefined
  /** As the camera wrote it; undefined if it did not. */
  readonly algorithm: string | undefined
  readonly hash: string
  /** Whether the hash of the credentials is of this session only. */
  readonly isOfSession: boolean
  readonly hasQop: boolean
  readonly isStale: boolean
  readonly hashesUser: boolean
}

function isOther(next: DigestChallenge, before: Challenge): boolean {
  return before.scheme === 'digest' && before.nonce !== next.nonce
}

/** By the names in RFC 7616, section 6.1, the safest first, and as Node knows them. */
const HASHES = [
  ['SHA-512-256', 'sha512-256'],
  ['SHA-256', 'sha256'],
  ['MD5', 'md5'],
] as const

function bestOf(challenges: readonly Challenge[]): Challenge | undefined {
  const rank = (challenge: Challenge) =>
    challenge.scheme === 'basic' ? HASHES.length : HASHES.findIndex(([, hash]) => hash === challenge.hash)
  return challenges.toSorted((a, b) => rank(a) - rank(b))[0]
}

/** A scheme, or a parameter with its value in quotes or not (RFC 9110, section 11.2). */
const PART = /([\w!#$%&'*+.^`|~-]+)(\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*)))?/g

/** The challenges that are known here. */
function challengesIn(header: string): Challenge[] {
  const found: { readonly scheme: string; readonly fields: Map<string, string> }[] = []
  for (const [, name = '', value, quoted, bare = ''] of header.matchAll(PART)) {
    if (value === undefined) found.push({ scheme: name.toLowerCase(), fields: new Map() })
    else found.at(-1)?.fields.set(name.toLowerCase(), quoted?.replace(/\\(.)/gs, '$1') ?? bare)
  }
  return found.flatMap(({ scheme, fields }): Challenge[] => {
    if (scheme === 'basic') return [{ scheme }]
    const challenge = scheme === 'digest' ? digestChallenge(fields) : undefined
    return challenge ? [challenge] : []
  })
}

function digestChallenge(fields: ReadonlyMap<string, string>): DigestChallenge | undefined {
  // What comes back in our header must not be able to end it.
  if (![...fields.values()].every((value) => /^[\x20-\x7e\x80-\xff]*$/.test(value))) return undefined
  const algorithm = fields.get('algorithm')
  const [, name = '', session] = /^(.*?)(-sess)?$/i.exec(algorithm ?? 'MD5') ?? []
  const [, hash] = HASHES.find(([known]) => known === name.toUpperCase()) ?? []
  const qop = fields.get('qop')
  const nonce = fields.get('nonce')
  const hasQop = qop !== undefined && /(?:^|[\s,])auth(?:$|[\s,])/i.test(qop)
  // Only `auth-int`, of the content too, which no camera asks for.
  if (hash === undefined || nonce === undefined || (qop && !hasQop)) return undefined
  return {
    scheme: 'digest',
    realm: fields.get('realm') ?? '',
    nonce,
    opaque: fields.get('opaque'),
    algorithm,
    hash,
    isOfSession: session !== undefined,
    hasQop,
    isStale: fields.get('stale')?.toLowerCase() === 'true',
    hashesUser: fields.get('userhash')?.toLowerCase() === 'true',
  }
}

function basic({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** What sets one request apart. */
interface DigestUse {
  readonly method: string
  readonly uri: string
  readonly uses: number
  readonly clientNonce: string
}

/** RFC 7616, section 3.4. */
function digest(challenge: DigestChallenge, { user, password }: Credentials, use: DigestUse): string {
  const { realm, nonce, opaque, algorithm, hash, isOfSession, hasQop, hashesUser } = challenge
  const { method, uri, uses, clientNonce } = use
  const hashOf = (text: string) => createHash(hash).update(text).digest('hex')
  const ofUser = hashOf(`${user}:${realm}:${password}`)
  const secret = isOfSession ? hashOf(`${ofUser}:${nonce}:${clientNonce}`) : ofUser
  const count = uses.toString(16).padStart(8, '0')
  const proof = hasQop ? `${nonce}:${count}:${clientNonce}:auth` : nonce
  const response = hashOf(`${secret}:${proof}:${hashOf(`${method}:${uri}`)}`)
  const fields = [
    hashesUser ? `username="${hashOf(`${user}:${realm}`)}"` : userField(user),
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(hasQop ? ['qop=auth', `nc=${count}`] : []),
    ...(hasQop || isOfSession ? [`cnonce="${clientNonce}"`] : []),
    `response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(hashesUser ? ['userhash=true'] : []),
  ]
  return `Digest ${fields.join(', ')}`
}

/** A name that is not ASCII does not go into quotes (RFC 8187). */
function userField(user: string): string {
  return /^[\x20-\x7e]*$/.test(user)
    ? `username=${quoted(user)}`
    : `username*=UTF-8''${encodeURIComponent(user.toWellFormed())}`
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
