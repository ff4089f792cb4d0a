import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { run } from '../../src/cli/run.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

/** What a command is given. */
export interface Given {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** What stands on its standard input; nothing, if not given. */
  readonly input?: string | undefined
}

/** Takes what a command writes. */
export type Listener = (from: 'stdout' | 'stderr', text: string) => void

/** A command that runs. */
export interface Running {
  /** Resolves with its exit code, or null if a signal ended it, once all that it wrote has come. */
  readonly exited: Promise<number | null>
  /** Tells it to stop. */
  stop(signal: 'SIGTERM' | 'SIGINT'): void
  /** Ends it in any case. */
  end(): void
}

/** A way to run a command. */
export type Runner = (given: Given, listener: Listener) => Running

/** Runs a command in the process of the test: fast, and right where the process itself is not what is tested. */
export const inProcess: Runner = ({ args, env, input = '' }, listener) => {
  const stop = new AbortController()
  const exited = run(args, {
    env,
    cwd: process.cwd(),
    stdin: Readable.from(input === '' ? [] : [input]),
    stdout: streamTo((text) => listener('stdout', text)),
    stderr: streamTo((text) => listener('stderr', text)),
    signal: stop.signal,
  })
  return { exited, stop: (signal) => stop.abort(signal), end: () => stop.abort() }
}

/**
 * Runs a command in a process of its own: for what is about signals, exit codes, pipes or memory, and beside others.
 * It has the usual environment but Belvedere's part of it, too.
 */
export const asProcess: Runner = ({ args, env, input }, listener) => {
  const usual = Object.entries(process.env).filter(([name]) => !/^(BELVEDERE_|NODE_OPTIONS|VITEST)/.test(name))
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...Object.fromEntries(usual), ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  // It may end without having read it.
  child.stdin?.on('error', () => {}).end(input)
  child.stdout?.setEncoding('utf8').on('data', (text) => listener('stdout', text))
  child.stderr?.setEncoding('utf8').on('data', (text) => listener('stderr', text))
  // "close" and not "exit": what it wrote last has come by then, too.
  const exited = once(child, 'close').then(([code]) => code)
  return { exited, stop: (signal) => child.kill(signal), end: () => child.kill('SIGKILL') }
}

/** A stream whose text is there as soon as it is written. */
export function streamTo(take: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write(text: string | Buffer, _encoding, done) {
      take(text.toString())
      done()
    },
  })
}
