import { CONNECTING, NOT_OPENED } from '../../client/codes.ts'
import { Listeners } from '../../src/core/listeners.ts'
import type { ConnectionState } from './connection-state.ts'
import type { HttpProblem } from './fetch-json.ts'
import type { SessionState } from './session-store.ts'

/**
 * What a request over HTTP tells of a server to which there is no live connection. `silent`: nobody answers, as far as is
 * known. `noUpgrade`: the server answers, but WebSockets do not get through to it. `closes`: it answers, and closes them
 * itself. `gateway`: a proxy answers in its place. `proxySignIn`: a proxy wants its user to sign in with it.
 */
export type Diagnosis =
  | { readonly kind: 'silent' | 'noUpgrade' | 'closes' | 'proxySignIn' }
  | { readonly kind: 'gateway'; readonly status: number }

/** What the diagnosis needs. */
export interface DiagnosisParts {
  readonly feed: {
    readonly connection: ConnectionState
    subscribe(listener: () => void): () => void
    retry(): void
  }
  readonly sessions: { refresh(): Promise<SessionState> }
  /** Monotonic time, ms. */
  readonly now: () => number
}

/**
 * Why there is no live connection: asks over HTTP when an attempt to connect has failed. A server that answers may just have
 * come back, so that it is connected to at once, and only what fails after an answer is the fault of something in between.
 */
export class ConnectionDiagnosis {
  readonly #parts: DiagnosisParts
  readonly #listeners = new Listeners()
  #diagnosis: Diagnosis = SILENT
  #connection: ConnectionState
  /** Whether the server has answered since the connection was lost, and since nobody did. */
  #hasAnswered = false
  #isAsking = false
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(parts: DiagnosisParts) {
    this.#parts = parts
    this.#connection = parts.feed.connection
    parts.feed.subscribe(() => this.#look())
  }

  get current(): Diagnosis {
    return this.#diagnosis
  }

  /** Subscribes to changes. @returns a function that unsubscribes */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Tries to connect at once, and asks over HTTP too. */
  retry(): void {
    this.#parts.feed.retry()
    if (this.#connection.state === 'connecting') void this.#ask()
  }

  #look(): void {
    const { connection } = this.#parts.feed
    if (connection === this.#connection) return
    this.#connection = connection
    if (connection.state !== 'connecting') {
      this.#hasAnswered = false
      this.#become(SILENT)
    } else if (FAILED.has(connection.code) && !this.#isKnown) void this.#ask()
  }

  /** Whether it was asked a moment ago, and there was something to say: it is not asked at each of many attempts. */
  get #isKnown(): boolean {
    return this.#diagnosis.kind !== 'silent' && this.#parts.now() - this.#askedAt < KNOWN_MS
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    const failure = this.#connection
    const { problem } = await this.#parts.sessions.refresh()
    this.#isAsking = false
    this.#askedAt = this.#parts.now()
    if (this.#connection.state !== 'connecting') return
    if (problem && (problem.status === 0 || problem.isFromProxy)) {
      this.#hasAnswered = false
      this.#become(diagnosisOf(problem))
    } else if (this.#hasAnswered) {
      if (FAILED.has(failure.code)) this.#become(isUnopened(failure) ? { kind: 'noUpgrade' } : { kind: 'closes' })
    } else {
      this.#hasAnswered = true
      this.#parts.feed.retry()
    }
  }

  #become(diagnosis: Diagnosis): void {
    if (JSON.stringify(diagnosis) === JSON.stringify(this.#diagnosis)) return
    this.#diagnosis = diagnosis
    this.#listeners.notify()
  }
}

/** What the failure of a request tells. */
export function diagnosisOf(problem: HttpProblem): Diagnosis {
  if (!problem.isFromProxy) return SILENT
  return problem.isProxySignIn ? { kind: 'proxySignIn' } : { kind: 'gateway', status: problem.status }
}

function isUnopened({ code, reason }: ConnectionState): boolean {
  return code === CONNECTING.connectTimeout || reason === NOT_OPENED
}

const SILENT: Diagnosis = { kind: 'silent' }
/** The codes of an attempt that has failed, or a connection that broke. */
const FAILED = new Set<number>([CONNECTING.transportClosed, CONNECTING.noAnswer, CONNECTING.connectTimeout])
/** For how long what was found out is not asked for again, ms. */
const KNOWN_MS = 30_000
