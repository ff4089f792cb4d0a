import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** How a program is started. */
export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv
  /** Makes it a process group leader, stopped with its group: for programs that start others. */
  readonly group?: boolean
  /** `pipe`: its standard input stays open, for programs that end with it. */
  readonly input?: 'pipe'
}

/** All running programs. */
const running = new Set<Program>()

/** A child process of a benchmark, which communicates by the lines it prints. */
export class Program {
  readonly #name: string
  readonly #process: ChildProcess
  readonly #lines: string[] = []
  readonly #stopsGroup: boolean
  readonly #exited: Promise<void>
  #isStopped = false
  #hasExited = false
  #look = () => {}

  constructor(command: string, args: readonly string[], options: ProgramOptions = {}) {
    this.#name = [command, ...args].join(' ')
    this.#stopsGroup = options.group ?? false
    this.#process = spawn(command, args, {
      env: { ...ownEnvironment(), ...options.env },
      stdio: [options.input ?? 'ignore', 'pipe', 'pipe'],
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
   * Waits for the first line of its output, past or future, that matches.
   * @throws Error with its output when it exits or after `patience` ms
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

  /** The JSON line that it prints at its end. */
  async result<T>(patience?: number): Promise<T> {
    const [text] = await this.line(/^\{.*\}$/, patience)
    return JSON.parse(text)
  }

  async exited(): Promise<void> {
    await this.#exited
  }

  /** Stops it with a signal, and kills it after 5 s. */
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
      // It has just exited.
    }
  }
}

/** Stops all running programs, in reverse order of starting. */
export async function stopAll(): Promise<void> {
  for (const program of [...running].reverse()) await program.stop()
}

/** Kills all running programs without waiting, as a last resort. */
export function killAll(): void {
  for (const program of running) program.kill('SIGKILL')
}

/** The environment without the user's own settings, which must not affect the measured server. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BELVEDERE_')))
}
