import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { until } from './until.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

/** A `belvedere` command in a process of its own, ended with the test. */
export class Command {
  readonly process: ChildProcess
  /** All that it has written so far. */
  stdout = ''
  stderr = ''
  /** Resolves with its exit code, or null if a signal ended it. */
  readonly exited: Promise<number | null>

  /**
   * @param env beside the usual variables, of which those of Belvedere are left out
   * @param input what it reads from its standard input
   */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, input?: string) {
    const usual = Object.entries(process.env).filter(([name]) => !/^(BELVEDERE_|NODE_OPTIONS|VITEST)/.test(name))
    this.process = spawn(process.execPath, [MAIN, ...args], {
      env: { ...Object.fromEntries(usual), ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    // It may end without having read it.
    this.process.stdin?.on('error', () => {}).end(input)
    this.process.stdout?.on('data', (data) => {
      this.stdout += data
    })
    this.process.stderr?.on('data', (data) => {
      this.stderr += data
    })
    // "close" and not "exit": what it wrote last has come by then, too.
    this.exited = once(this.process, 'close').then(([code]) => code)
    onTestFinished(async () => {
      this.process.kill('SIGKILL')
      await this.exited
    })
  }

  /** Waits until it has written something that fits. @throws when it ends before */
  async written(pattern: RegExp): Promise<RegExpExecArray> {
    let match: RegExpExecArray | null = null
    await until(() => {
      match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr)
      return match !== null || this.process.exitCode !== null
    }, `${pattern} on the output`)
    if (!match) throw new Error(`it ended without writing ${pattern}: ${this.stdout}${this.stderr}`)
    return match
  }

  /** Tells it to stop, and waits for its exit code. */
  stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<number | null> {
    this.process.kill(signal)
    return this.exited
  }
}

/** A server in a process of its own, which answers. */
export class ServerCommand extends Command {
  url = ''

  /** @param flags beside a free port and a data folder of the test's own */
  static async start(
    flags: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ServerCommand> {
    const ports = flags.includes('--port') ? [] : ['--port', '0']
    const folders = flags.includes('--data-dir') ? [] : ['--data-dir', temporaryFolder()]
    const command = new ServerCommand(['serve', ...ports, ...folders, ...flags], env)
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
