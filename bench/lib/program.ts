import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Every program that was started and has not ended. */
const running = new Set<Program>()

/** A program that a benchmark runs beside itself: waited for by the lines it prints, stopped by its process id. */
export class Program {
  readonly #name: string
  readonly #process: ChildProcess
  readonly #lines: string[] = []
  readonly #stopsGroup: boolean
  readonly #exited: Promise<void>
  #isStopped = false
  #hasExited = false
  #look = () => {}

  /** @param options.group makes it the head of a process group, which is stopped as a whole: for what starts others */
  constructor(command: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv; group?: boolean } = {}) {
    this.#name = [command, ...args].join(' ')
    this.#stopsGroup = options.group ?? false
    this.#process = spawn(command, args, {
      env: { ...ownEnvironment(), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: this.#stopsGroup,
    })
    running.add(this)
    for (const output of [this.#process.stdout, this.#process.stderr]) {
      if (!output) continue
      createInterface({ input: output }).on('line', (line) => {
        this.#lines.push(line)
        this.#look()
      })
    }
    this.#exited = new Promise((resolve) => {
      const end = () => {
        this.#hasExited = true
        running.delete(this)
        this.#look()
        resolve()
      }
      this.#process.once('error', (error) => {
        this.#lines.push(error.message)
        end()
      })
      this.#process.once('close', end)
    })
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error(`${this.#name} did not start`)
    return this.#process.pid
  }

  /**
   * The first line, of those it printed and those it will, that matches.
   * @throws Error with what it printed instead, when it ends or `patience` (ms) is over
   */
  line(pattern: RegExp, patience = 30_000): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${this.#name}: ${why}\n${this.#lines.slice(-20).join('\n')}`))
      const timer = setTimeout(() => fail(`printed no ${pattern} within ${patience} ms`), patience)
      this.#look = () => {
        for (const line of this.#lines) {
          const match = pattern.exec(line)
          if (!match) continue
          clearTimeout(timer)
          resolve(match)
          return
        }
        if (!this.#hasExited) return
        clearTimeout(timer)
        fail('ended')
      }
      this.#look()
    })
  }

  /** The one JSON line that it prints at its end. */
  async result<T>(patience?: number): Promise<T> {
    const [text] = await this.line(/^\{.*\}$/, patience)
    return JSON.parse(text)
  }

  async exited(): Promise<void> {
    await this.#exited
  }

  /** Asks it to end, and ends it if it does not within 5 s. */
  async stop(): Promise<void> {
    if (this.#hasExited || this.#process.pid === undefined) return
    if (!this.#isStopped) this.kill('SIGTERM')
    this.#isStopped = true
    const timer = setTimeout(() => this.kill('SIGKILL'), 5000)
    await this.#exited
    clearTimeout(timer)
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#hasExited || this.#process.pid === undefined) return
    try {
      process.kill(this.#stopsGroup ? -this.#process.pid : this.#process.pid, signal)
    } catch {
      // It ended in this very moment.
    }
  }
}

/** Stops everything that is still running, in the order opposite to that of starting. */
export async function stopAll(): Promise<void> {
  for (const program of [...running].reverse()) await program.stop()
}

/** The last resort, when there is no time to wait. */
export function killAll(): void {
  for (const program of running) program.kill('SIGKILL')
}

/** Settings that the user made for a server of their own must not become those of the measured one. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BELVEDERE_')))
}
