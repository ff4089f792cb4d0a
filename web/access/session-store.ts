import { Listeners } from '../../src/core/listeners.ts'
import { HttpProblem } from './fetch-json.ts'
import { isSameSession, type PageSession, readSession } from './session.ts'

/** The known session. */
export interface SessionState {
  /** undefined: not known yet. */
  readonly session: PageSession | undefined
  /** The server's message if this tab's share token is invalid or has expired. */
  readonly refusal: string | undefined
  /** Why the last request brought no session; undefined if it did. */
  readonly problem: HttpProblem | undefined
}

/** The page's session (who it is and what it may do); requested at load and whenever it may have changed. */
export class SessionStore {
  readonly #ask: () => Promise<unknown>
  readonly #listeners = new Listeners()
  #sessionState: SessionState = { session: undefined, refusal: undefined, problem: undefined }
  #underWay: Promise<SessionState> | undefined
  /** The pending change of the session: earlier responses would be outdated. */
  #change: Promise<unknown> | undefined

  /** @param ask requests `/session`; rejects with an HttpProblem */
  constructor(ask: () => Promise<unknown>) {
    this.#ask = ask
  }

  get current(): SessionState {
    return this.#sessionState
  }

  /** Subscribes to changes. @returns a function that unsubscribes */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Requests the session again; concurrent calls share one request. Without a response of the server the session stays as it was. */
  refresh(): Promise<SessionState> {
    this.#underWay ??= this.#read().finally(() => {
      this.#underWay = undefined
    })
    return this.#underWay
  }

  /** Runs `work`, which changes the session; requests wait until it is done. */
  async change<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = work()
    this.#change = done
    try {
      return await done
    } finally {
      if (this.#change === done) this.#change = undefined
    }
  }

  async #read(): Promise<SessionState> {
    await this.#change?.catch(() => {})
    try {
      this.#become({ session: readSession(await this.#ask()), refusal: undefined, problem: undefined })
    } catch (error) {
      // JSON of something else.
      const problem = error instanceof HttpProblem ? error : new HttpProblem(200, '')
      if (problem.status === 401 && !problem.isFromProxy)
        this.#become({ session: undefined, refusal: problem.message, problem })
      else this.#become({ ...this.#sessionState, problem })
    }
    return this.#sessionState
  }

  #become(sessionState: SessionState): void {
    const before = this.#sessionState
    if (
      before.refusal === sessionState.refusal &&
      isSameProblem(before.problem, sessionState.problem) &&
      isSameSession(before.session, sessionState.session)
    )
      return
    this.#sessionState = sessionState
    this.#listeners.notify()
  }
}

function isSameProblem(one: HttpProblem | undefined, other: HttpProblem | undefined): boolean {
  return one?.status === other?.status && one?.message === other?.message
}
