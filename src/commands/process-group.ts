import type { Clock } from '../core/clock.ts'

/**
 * A program and all that it has started, as long as that stays in its process group (POSIX). What has left it
 * (`setsid`) is on its own.
 */
export class ProcessGroup {
  readonly #id: number
  readonly #clock: Clock
  /** How long it has to end by itself once it was asked to, ms. */
  readonly #grace: number
  #ended: Promise<void> | undefined

  /** @param id the process id of its first process, which must have been started as a leader (`detached`) */
  constructor(id: number, clock: Clock, grace: number) {
    this.#id = id
    this.#clock = clock
    this.#grace = grace
  }

  /** Asks all of it to end (SIGTERM), and kills what is left after the grace (SIGKILL). Resolves when it is gone. */
  end(): Promise<void> {
    this.#ended ??= this.#end()
    return this.#ended
  }

  /** Kills all of it. */
  kill(): void {
    this.#signal('SIGKILL')
  }

  async #end(): Promise<void> {
    if (!this.#signal('SIGTERM')) return
    const deadline = this.#clock.monotonic() + this.#grace
    while (this.#clock.monotonic() < deadline) {
      await new Promise<void>((resolve) => this.#clock.after(CHECK_MS, resolve))
      if (!this.#signal(0)) return
    }
    this.kill()
  }

  /** @returns whether there is still something of it */
  #signal(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(-this.#id, signal)
    } catch (error) {
      // EPERM: it is there, and is somebody else's (a program that changes its user).
      return error instanceof Error && 'code' in error && error.code === 'EPERM'
    }
  }
}

const CHECK_MS = 20
