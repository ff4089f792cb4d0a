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
    Object.assign(CONTEXT, { regexp: this.#regexp, text })
    try {
      return ATTEMPT.runInContext(CONTEXT, { timeout: LIMIT_MS }) === true
    } catch (error) {
      // It is an Error of the script's own realm.
      if (Object(error).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false
      throw error
    }
  }
}

/** For one attempt, ms. */
const LIMIT_MS = 50
const CONTEXT = createContext({})
/** Only a script can be stopped. */
const ATTEMPT = new Script('regexp.test(text)')
