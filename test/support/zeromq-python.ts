import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { Fields } from './server.ts'
import { until } from './until.ts'

const PYTHON = process.env.BELVEDERE_TEST_PYTHON ?? 'python3'
const SCRIPT = join(import.meta.dirname, '../fixtures/zeromq_peer.py')

/** A peer in a process of its own (test/fixtures/zeromq_peer.py); killed after the test. */
export class PythonPeer {
  readonly #process: ChildProcess
  readonly #lines: Fields[] = []
  readonly #errors: string[] = []

  constructor(...args: readonly string[]) {
    const child = spawn(PYTHON, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process = child
    createInterface({ input: child.stdout }).on('line', (line) => this.#lines.push(JSON.parse(line)))
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#errors.push(text))
    onTestFinished(() => this.kill())
  }

  /** Waits for so many lines of output, of which it returns the last. @throws Error with what Python wrote */
  async line(count = 1): Promise<Fields> {
    await until(() => this.#lines.length >= count || this.#errors.length > 0, `${count} lines`)
    if (this.#errors.length > 0) throw new Error(this.#errors.join(''))
    return this.#lines[count - 1] ?? {}
  }

  /** Where it listens. */
  async address(): Promise<string> {
    return String((await this.line()).address)
  }

  /** Stops it as a debugger does (SIGSTOP), so that the kernel goes on for it. */
  stop(): void {
    this.#process.kill('SIGSTOP')
  }

  /** Lets it run on. */
  resume(): void {
    this.#process.kill('SIGCONT')
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    const exited = new Promise((resolve) => this.#process.once('exit', resolve))
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    this.#process.kill('SIGKILL')
    await exited
  }
}
