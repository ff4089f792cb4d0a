import type { Clock } from '../core/clock.ts'
import { Refusal } from '../core/errors.ts'
import type { Command, CommandResult, Execution } from './command.ts'

/** What a run needs. */
export interface CommandRunParts {
  readonly clock: Clock
  /** How long it may take with all its waiting, ms. */
  readonly timeout: number
  /** Aborted when the caller has gone. */
  readonly gone?: AbortSignal | undefined
  /** Throws when whoever gave the command may not do it, or not any more. */
  readonly check: () => void
}

/**
 * One run of a command. Its time begins at once. If that is over before the command has begun, it is never done; if it
 * has begun, it is stopped. A caller that has gone stops only what has not begun: half of a deed helps nobody.
 */
export class CommandRun {
  /** Resolves once it has ended and all that it opened is closed. */
  readonly settled: Promise<void>
  readonly #command: Command
  readonly #parts: CommandRunParts
  readonly #abort = new AbortController()
  readonly #settle: () => void
  #hasBegun = false

  constructor(command: Command, parts: CommandRunParts) {
    this.#command = command
    this.#parts = parts
    const { promise, resolve } = Promise.withResolvers<void>()
    this.settled = promise
    this.#settle = resolve
  }

  /**
   * Carries it out; called once.
   * @throws Refusal, CommandFailure as the command; Refusal `unavailable` when it took too long or was stopped
   */
  async start(given: Omit<Execution, 'signal' | 'begin'>): Promise<CommandResult> {
    const { clock, timeout, gone } = this.#parts
    const { signal } = this.#abort
    const leave = () => {
      if (!this.#hasBegun) this.stop('Whoever gave the command has gone.')
    }
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    })
    // What is stopped may be stopped again, or after its end.
    stopped.catch(() => {})
    gone?.addEventListener('abort', leave)
    if (gone?.aborted) leave()
    const cancel = clock.after(timeout, () => this.stop(this.#lateness()))
    const work = this.#execute({ ...given, signal, begin: () => this.#begin() })
    work
      .catch(() => {})
      .then(() => {
        cancel()
        gone?.removeEventListener('abort', leave)
        this.#settle()
      })
    return Promise.race([stopped, work])
  }

  /** Stops it. @param reason a sentence for whoever gave the command */
  stop(reason: string): void {
    if (!this.#abort.signal.aborted) this.#abort.abort(new Refusal('unavailable', reason))
  }

  async #execute(execution: Execution): Promise<CommandResult> {
    execution.signal.throwIfAborted()
    return this.#command.execute(execution)
  }

  #begin(): void {
    this.#abort.signal.throwIfAborted()
    this.#parts.check()
    this.#hasBegun = true
  }

  #lateness(): string {
    const { name } = this.#command
    const seconds = `${this.#parts.timeout / 1000} s`
    return this.#hasBegun
      ? `${name} took longer than ${seconds} and was stopped; some of it may have been done.`
      : `${name} could not begin within ${seconds} and was not done.`
  }
}
