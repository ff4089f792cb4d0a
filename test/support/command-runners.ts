import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { run } from '../../src/cli/run.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

/** The input of a command. */
export interface Given {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Its standard input; default: empty. */
  readonly input?: string | undefined
}

/** Receives a command's output. */
export type Listener = (from: 'stdout' | 'stderr', text: string) => void

/** A running command. */
export interface Running {
  /** Resolves with its exit code, or null if it was killed by a signal, after all of its output was received. */
  readonly exited: Promise<number | null>
  /** Sends it a signal. */
  stop(signal: 'SIGTERM' | 'SIGINT'): void
  /** Kills it. */
  end(): void
}

/** A way to run a command. */
export type Runner = (given: Given, listener: Listener) => Running

/** Runs a command in the test's own process: fast, for everything that does not test the process itself. */
export const inProcess: Runner = (given, listener) => runHere(given, listener, {})

/** The same for a person at a terminal. */
export const onTerminal: Runner = (given, listener) => runHere(given, listener, { isTTY: true })

function runHere({ args, env, input = '' }: Given, listener: Listener, output: { readonly isTTY?: boolean }): Running {
  const stop = new AbortController()
  const exited = run(args, {
    env,
    cwd: process.cwd(),
    stdin: Readable.from(input === '' ? [] : [input]),
    stdout: Object.assign(
      streamTo((text) => listener('stdout', text)),
      output,
    ),
    stderr: streamTo((text) => listener('stderr', text)),
    signal: stop.signal,
  })
  return { exited, stop: (signal) => stop.abort(signal), end: () => stop.abort() }
}

/**
 * Runs a command in a child process: for tests of signals, exit codes, pipes, memory, or several processes. It inherits
 * the environment except for Belvedere's variables.
 */
export const asProcess: Runner = (given, listener) => inChild([])(given, listener)

/** @param prefix the program that runs it, and its arguments */
function inChild(prefix: readonly string[]): Runner {
  return ({ args, env, input }, listener) => {
    const usual = Object.entries(process.env).filter(([name]) => !/^(BELVEDERE_|NODE_OPTIONS|VITEST)/.test(name))
    const [program = '', ...rest] = [...prefix, process.execPath, MAIN, ...args]
    const child = spawn(program, rest, {
      env: { ...Object.fromEntries(usual), ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    // It may exit without reading its input.
    child.stdin?.on('error', () => {}).end(input)
    child.stdout?.setEncoding('utf8').on('data', (text) => listener('stdout', text))
    child.stderr?.setEncoding('utf8').on('data', (text) => listener('stderr', text))
    // "close", not "exit": by then all output has been received.
    const exited = once(child, 'close').then(([code]) => code)
    return { exited, stop: (signal) => child.kill(signal), end: () => child.kill('SIGKILL') }
  }
}

/**
 * Runs a command in a child process that can make no file larger than so many bytes, as on a full disk, where what is
 * there can still be overwritten.
 */
export function withLimitedFiles(bytes: number): Runner {
  const blocks = Math.floor(bytes / 512)
  return inChild(['sh', '-c', `ulimit -f ${blocks} && exec "$0" "$@"`])
}

/** A writable stream that passes each text on at once. */
export function streamTo(take: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write(text: string | Buffer, _encoding, done) {
      take(text.toString())
      done()
    },
  })
}
