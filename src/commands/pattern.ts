import { createContext, Script } from 'node:vm'

/**
 * An operator's regular expression, tried on what callers send. Some take exponential time on some texts ("catastrophic
 * backtracking"), and the whole server would wait: each attempt has a limit.
 */
export class Pattern {
  readonly #regexp: RegExp

  /** @throws SyntaxError when it is none */
  constructor(source: string, flags = 'u') {
    this.#regexp = new RegExp(source, flags)
  }

  /** Whether it finds something in the text; false also where that takes too long to say. */
  finds(text: string): boolean {
    const begun = process.threadCpuUsage()
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = this.#attempt(text)
      if (found !== undefined) return found
      // The limit is one of the wall clock: on a busy machine it may pass before the attempt has begun.
      const { user, system } = process.threadCpuUsage(begun)
      if ((user + system) / 1000 > LIMIT_MS / 2) return false
    }
    return false
  }

  /** @returns undefined if the limit has passed */
  #attempt(text: string): boolean | undefined {
    Object.assign(CONTEXT, { regexp: this.#regexp, text })
    try {
      return ATTEMPT.runInContext(CONTEXT, { timeout: LIMIT_MS }) === true
    } catch (error) {
      // It is an Error of the script's own realm.
      if (Object(error).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined
      throw error
    }
  }
}

/** For one attempt, ms. */
const LIMIT_MS = 50
/** How often it is tried where the machine gives it no time. */
const ATTEMPTS = 5
const CONTEXT = createContext({})
/** Only a script can be stopped. */
const ATTEMPT = new Script('regexp.test(text)')
