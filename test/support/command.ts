import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { inProcess, type Runner, type Running } from './command-runners.ts'
import { until } from './until.ts'

/** A `belvedere` command, killed at the end of the test. */
export class Command {
  /** Its output so far. */
  stdout = ''
  stderr = ''
  /** Resolves with its exit code, or null if it was killed by a signal. */
  readonly exited: Promise<number | null>
  readonly #running: Running
  #hasEnded = false

  /**
   * @param env Belvedere's environment variables
   * @param input its standard input
   */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    input?: string,
    run: Runner = inProcess,
  ) {
    this.#running = run({ args, env, input }, (from, text) => {
      this[from] += text
    })
    this.exited = this.#running.exited
    const ended = this.exited.finally(() => {
      this.#hasEnded = true
    })
    onTestFinished(async () => {
      this.#running.end()
      await ended
    })
  }

  /** Waits until its output matches. @throws when it exits before */
  async written(pattern: RegExp): Promise<RegExpExecArray> {
    let match: RegExpExecArray | null = null
    await until(() => {
      match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr)
      return match !== null || this.#hasEnded
    }, `${pattern} on the output`)
    if (!match) throw new Error(`it ended without writing ${pattern}: ${this.stdout}${this.stderr}`)
    return match
  }

  /** Kills it, as a crash would. */
  kill(): void {
    this.#running.end()
  }

  /** Sends a signal and waits for the exit code. */
  stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<number | null> {
    this.#running.stop(signal)
    return this.exited
  }
}

/** `belvedere serve`, listening. */
export class ServerCommand extends Command {
  url = ''

  /** @param flags in addition to a free port and a temporary data folder */
  static async start(
    flags: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
    run: Runner = inProcess,
  ): Promise<ServerCommand> {
    const ports = flags.includes('--port') ? [] : ['--port', '0']
    const folders = flags.includes('--data-dir') ? [] : ['--data-dir', temporaryFolder()]
    const command = new ServerCommand(['serve', ...ports, ...folders, ...flags], env, undefined, run)
    command.url = await command.listening()
    return command
  }

  /** Waits until it listens. @returns "http://127.0.0.1:…" */
  async listening(): Promise<string> {
    const [, port] = await this.written(/live at http:\/\/[^\s:]+:(\d+)/)
    return `http://127.0.0.1:${port}`
  }

  /** What it printed in the place of a publish key. */
  get printedKey(): string {
    return /Authorization: Bearer (.+)" \\\n/.exec(this.stdout)?.[1] ?? ''
  }
}

/** A temporary folder, deleted after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'belvedere-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
