import { Backoff } from '../../src/core/backoff.ts'
import { Listeners } from '../../src/core/listeners.ts'
import { type ConnectionState, isRefused } from './connection-state.ts'
import type { PageSession } from './session.ts'
import type { SessionState } from './session-store.ts'

/**
 * Whether this page has access. `open`: yes, as far as is known. `asking`: the server has refused the connection and
 * the session is being requested. `refused`: the session allows viewing, but the server refuses. `signedOut`: a sign-in
 * is needed. `nothing`: signed in, but without any permission. `ended`: the share link is no longer valid.
 */
export interface Admission {
  readonly kind: 'open' | 'asking' | 'refused' | 'signedOut' | 'nothing' | 'ended'
  /** The server's reason, if it is useful to the user; else empty. */
  readonly reason: string
}

/** What the guard needs. */
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
  /** Calls `action` after `ms`. */
  readonly later: (ms: number, action: () => void) => void
}

/**
 * The page's access guard. When the server refuses the connection it requests the session again: with access the page
 * reconnects, with the current permissions; without it the page says why.
 */
export class AccessGuard {
  readonly #parts: GuardParts
  readonly #listeners = new Listeners()
  #admission: Admission = OPEN
  #connection: ConnectionState
  /** Whether the server has refused since the last successful connection. */
  #wasRefused = false
  /** Exponential backoff from the second refusal on. Without jitter: few clients, the tabs of one browser. */
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

  /** Subscribes to changes. @returns a function that unsubscribes */
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
      // After a reconnect the server may have restarted with other rules.
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
    // After a password change other tabs get the new cookie a moment after the old one has ended.
    if (this.#wasUser && sessionState.session?.kind === 'anonymous') {
      await new Promise<void>((resolve) => later(COOKIE_MS, resolve))
      sessionState = await sessions.refresh()
    }
    this.#isAsking = false
    if (!isRefused(this.#connection)) return
    if (sessionState.session?.may.includes('view')) this.#parts.feed.retry()
    else if (sessionState.session || sessionState.refusal !== undefined) this.#judge()
    else {
      this.#become({ kind: 'refused', reason: this.#connection.reason })
      later(this.#backoff.next(), () => void this.#askAgain())
    }
  }

  #judge(): void {
    // The pending request will report.
    if (this.#isAsking) return
    const { feed, sessions, isShared } = this.#parts
    const { session, refusal } = sessions.current
    const isOut = isRefused(this.#connection)
    const mayView = session?.may.includes('view') ?? false
    if (isShared && !mayView && (session || refusal !== undefined))
      this.#become({ kind: 'ended', reason: (isOut && this.#connection.reason) || refusal || session?.why || '' })
    else if (!session) {
      // A token that a proxy has added, say.
      if (refusal !== undefined) this.#become({ kind: 'signedOut', reason: refusal })
    } else if (mayView) {
      if (!isOut) this.#become(OPEN)
      else if (IS_WAITING.has(this.#admission.kind)) feed.retry()
    } else if (session.kind === 'anonymous')
      this.#become({ kind: 'signedOut', reason: this.#whySignedOut(session, isOut) })
    else this.#become({ kind: 'nothing', reason: '' })
  }

  #whySignedOut({ why }: PageSession, isOut: boolean): string {
    if (this.#wasUser && isOut) return this.#connection.reason
    return why === LINK_ENDED ? why : ''
  }

  #become(admission: Admission): void {
    const { kind, reason } = this.#admission
    if (kind === admission.kind && reason === admission.reason) return
    this.#admission = admission
    this.#listeners.notify()
  }
}

/** What the server says to the browser of a guest whose link has ended (docs/wire.md). */
const LINK_ENDED = 'This link has ended.'
const OPEN: Admission = { kind: 'open', reason: '' }
/** States that end as soon as the session allows viewing. */
const IS_WAITING = new Set<Admission['kind']>(['signedOut', 'nothing', 'ended'])
/** How long until all tabs of a browser have a cookie set by a response, ms. */
const COOKIE_MS = 1500
