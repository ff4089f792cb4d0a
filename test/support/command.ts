import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { inProcess, type Runner, type Running } from './command-runners.ts'
import { until } from './until.ts'

/** A `belvedere` command, ended with the test. */
export class Command {
  /** All that it has written so far. */
  stdout = ''
  stderr = ''
  /** Resolves with its exit code, or null if a signal ended it. */
  readonly exited: Promise<number | null>
  readonly #running: Running
  #hasEnded = false

  /**
   * @param env the variables that it sees of Belvedere's
   * @param input what it reads from its standard input
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

  /** Waits until it has written something that fits. @throws when it ends before */
  async written(pattern: RegExp): Promise<RegExpExecArray> {
    let match: RegExpExecArray | null = null
    await until(() => {
      match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr)
      return match !== null || this.#hasEnded
    }, `${pattern} on the output`)
    if (!match) throw new Error(`it ended without writing ${pattern}: ${this.stdout}${this.stderr}`)
    return match
  }

  /** Tells it to stop, and waits for its exit code. */
  stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<number | null> {
    this.#running.stop(signal)
    return this.exited
  }
}

/** A server that a command runs, which answers. */
export class ServerCommand extends Command {
  url = ''

  /** @param flags beside a free port and a data folder of the test's own */
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

  /** The key that it made and printed. */
  get printedKey(): string {
    return /Authorization: Bearer (\S+)"/.exec(this.stdout)?.[1] ?? ''
  }
}

/** A folder that is gone when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'belvedere-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
