import { Backoff } from '../../src/core/backoff.ts'
import { Listeners } from '../../src/core/listeners.ts'
import { type ConnectionState, isRefused } from './connection-state.ts'
import type { SessionState } from './session-store.ts'

/**
 * How this page stands with the server. `open`: it may see, as far as is known. `asking`: the server has refused, and is
 * asked why. `refused`: it may see, but the server refuses all the same. `signedOut`: somebody must sign in.
 * `nothing`: somebody is signed in and may see nothing. `ended`: the share link is over.
 */
export interface Admission {
  readonly kind: 'open' | 'asking' | 'refused' | 'signedOut' | 'nothing' | 'ended'
  /** Why, in the server's words, where that tells anybody anything; else empty. */
  readonly reason: string
}

/** What the guard needs of the page. */
export interface GuardParts {
  readonly feed: {
    readonly connection: ConnectionState
    subscribe(listener: () => void): () => void
    retry(): void
  }
  readonly sessions: {
    readonly current: SessionState
    subscribe(listener: () => void): () => void
    refresh(): Promise<SessionState>
  }
  /** Whether the tab was opened by a share link. */
  readonly isShared: boolean
  /** Calls back in so many ms. */
  readonly later: (ms: number, action: () => void) => void
}

/**
 * Watches over what the page may show. When the server refuses the connection, it asks who the page is now: whoever may
 * still see is connected again, with what is allowed now; for all others the page says what is the matter.
 */
export class AccessGuard {
  readonly #parts: GuardParts
  readonly #listeners = new Listeners()
  #admission: Admission = OPEN
  #connection: ConnectionState
  /** Whether the server has refused since the last connection that worked. */
  #wasRefused = false
  /** Exponential backoff from the second refusal on. Without chance: these are the tabs of one browser, not a crowd. */
  readonly #backoff = new Backoff(2000, 30_000, () => 1)
  #isAsking = false
  #wasUser = false
  #hasConnected = false

  constructor(parts: GuardParts) {
    this.#parts = parts
    this.#connection = parts.feed.connection
    parts.feed.subscribe(() => this.#look())
    parts.sessions.subscribe(() => this.#judge())
  }

  get current(): Admission {
    return this.#admission
  }

  /** Calls back after each change. @returns what ends it */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  #look(): void {
    const { feed, sessions } = this.#parts
    const { connection } = feed
    if (connection === this.#connection) return
    this.#connection = connection
    if (connection.state === 'connected') {
      this.#wasRefused = false
      this.#backoff.reset()
      this.#become(OPEN)
      // It may be another server than before, or the same with other rules.
      if (this.#hasConnected || !sessions.current.session) void sessions.refresh()
      this.#hasConnected = true
    } else if (isRefused(connection)) {
      const isFirst = !this.#wasRefused
      this.#wasRefused = true
      this.#become({ kind: isFirst ? 'asking' : 'refused', reason: connection.reason })
      this.#parts.later(isFirst ? 0 : this.#backoff.next(), () => void this.#askAgain())
    }
  }

  async #askAgain(): Promise<void> {
    const { sessions, later } = this.#parts
    if (this.#isAsking || !isRefused(this.#connection)) return
    this.#isAsking = true
    this.#wasUser ||= sessions.current.session?.kind === 'user'
    let sessionState = await sessions.refresh()
    // With a new password the cookie is a new one, which another tab gets a moment after the old one has ended.
    if (this.#wasUser && sessionState.session?.kind === 'anonymous') {
      await new Promise<void>((resolve) => later(COOKIE_MS, resolve))
      sessionState = await sessions.refresh()
    }
    this.#isAsking = false
    if (!isRefused(this.#connection)) return
    if (sessionState.session?.may.includes('view')) this.#parts.feed.retry()
    else if (sessionState.session || sessionState.refusal !== undefined) this.#judge()
    else later(this.#backoff.next(), () => void this.#askAgain())
  }

  #judge(): void {
    // The one who asks has more to say.
    if (this.#isAsking) return
    const { feed, sessions, isShared } = this.#parts
    const { session, refusal } = sessions.current
    const isOut = isRefused(this.#connection)
    const mayView = session?.may.includes('view') ?? false
    if (isShared && !mayView && (session || refusal !== undefined))
      this.#become({ kind: 'ended', reason: (isOut && this.#connection.reason) || refusal || session?.why || '' })
    else if (!session) return
    else if (mayView) {
      if (!isOut) this.#become(OPEN)
      else if (IS_WAITING.has(this.#admission.kind)) feed.retry()
    } else if (session.kind === 'anonymous')
      this.#become({ kind: 'signedOut', reason: this.#wasUser && isOut ? this.#connection.reason : '' })
    else this.#become({ kind: 'nothing', reason: '' })
  }

  #become(admission: Admission): void {
    const { kind, reason } = this.#admission
    if (kind === admission.kind && reason === admission.reason) return
    this.#admission = admission
    this.#listeners.notify()
  }
}

const OPEN: Admission = { kind: 'open', reason: '' }
/** Who waits is let in as soon as the server says that it may. */
const IS_WAITING = new Set<Admission['kind']>(['signedOut', 'nothing', 'ended'])
/** Until every tab of a browser has a cookie that came with an answer, ms. */
const COOKIE_MS = 1500
