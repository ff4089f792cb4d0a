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
  #ended: Promise<boolean> | undefined

  /** @param id the process id of its first process, which must have been started as a leader (`detached`) */
  constructor(id: number, clock: Clock, grace: number) {
    this.#id = id
    this.#clock = clock
    this.#grace = grace
  }

  /**
   * Asks all of it to end (SIGTERM), and kills what is left after the grace (SIGKILL).
   * @returns whether it could: false if all that is left runs as another user (`sudo`), so that it is on its own
   */
  end(): Promise<boolean> {
    this.#ended ??= this.#end()
    return this.#ended
  }

  /** Kills all of it. @returns false if it may not */
  kill(): boolean {
    return this.#signal('SIGKILL') !== 'denied'
  }

  async #end(): Promise<boolean> {
    if (this.#signal('SIGTERM') === 'gone') return true
    const deadline = this.#clock.monotonic() + this.#grace
    while (this.#clock.monotonic() < deadline) {
      await new Promise<void>((resolve) => this.#clock.after(CHECK_MS, resolve))
      if (this.#signal(0) === 'gone') return true
    }
    return this.kill()
  }

  /** @returns `denied`: it is there, and is somebody else's (a program that changes its user) */
  #signal(signal: NodeJS.Signals | 0): 'sent' | 'gone' | 'denied' {
    try {
      process.kill(-this.#id, signal)
      return 'sent'
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'EPERM' ? 'denied' : 'gone'
    }
  }
}

const CHECK_MS = 20
