import { Listeners } from '../../src/core/listeners.ts'
import { HttpProblem } from './fetch-json.ts'
import { isSameSession, type PageSession, readSession } from './session.ts'

/** What is known of who this page is. */
export interface SessionState {
  /** undefined: the server has not said yet. */
  readonly session: PageSession | undefined
  /** The token that this tab came with is not (or no longer) known; the server's words. */
  readonly refusal: string | undefined
}

/** Who this page is, as the server says. Asked for at the load, and again whenever it may have changed. */
export class SessionStore {
  readonly #ask: () => Promise<unknown>
  readonly #listeners = new Listeners()
  #sessionState: SessionState = { session: undefined, refusal: undefined }
  #underWay: Promise<SessionState> | undefined
  /** What is about to change the session: an answer from before it would be wrong. */
  #change: Promise<unknown> | undefined

  /** @param ask gets `/session`; rejects with an HttpProblem */
  constructor(ask: () => Promise<unknown>) {
    this.#ask = ask
  }

  get current(): SessionState {
    return this.#sessionState
  }

  /** Calls back after each change. @returns what ends it */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Asks again; all who want to know while it is asked share the answer. Without an answer all stays as it was. */
  refresh(): Promise<SessionState> {
    this.#underWay ??= this.#read().finally(() => {
      this.#underWay = undefined
    })
    return this.#underWay
  }

  /** Does what changes the session: nothing is asked of it before that is done. */
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
      this.#become({ session: readSession(await this.#ask()), refusal: undefined })
    } catch (error) {
      if (error instanceof HttpProblem && error.status === 401)
        this.#become({ session: undefined, refusal: error.message })
    }
    return this.#sessionState
  }

  #become(sessionState: SessionState): void {
    const before = this.#sessionState
    if (before.refusal === sessionState.refusal && isSameSession(before.session, sessionState.session)) return
    this.#sessionState = sessionState
    this.#listeners.notify()
  }
}
