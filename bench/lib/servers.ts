import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { Program } from './program.ts'
import type { Workshop } from './workshop.ts'

/** A server under measurement, in a child process. */
export interface MeasuredServer {
  readonly port: number
  readonly program: Program
}

/** The publish key of the benchmarks. */
export const PUBLISH_KEY = 'the-key-of-the-benchmarks'

/** The admin's password on every measured server. */
export const ADMIN_PASSWORD = 'the-password-of-the-benchmarks'

/** Settings that lift the rate limits. */
const NO_LIMITS = ['--limits.publish_bytes_per_s', '100000000000', '--limits.calls_per_minute', '10000000']

const ROOT = join(import.meta.dirname, '../..')

/** The types of scripts/lib/server.mjs, which is plain JavaScript. */
interface StartScript {
  readonly MAIN: string
  readonly SERVER_FLAGS: readonly string[]
}

/** The types of scripts/lib/child.mjs. */
interface ChildScript {
  ownEnvironment(node: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv
}

// The start script's own values, so that the benchmark measures the server as it is really started.
const { MAIN, SERVER_FLAGS }: StartScript = await import(join(ROOT, 'scripts/lib/server.mjs'))

export { SERVER_FLAGS }

const { ownEnvironment }: ChildScript = await import(join(ROOT, 'scripts/lib/child.mjs'))

/** How a measured server is started. */
export interface ServerOptions {
  readonly nodeFlags?: readonly string[]
  /** More of its flags. */
  readonly flags?: readonly string[]
  /** Keeps the limits of each client. */
  readonly hasLimits?: boolean
  /** The processor that it runs on. */
  readonly core?: number
}

/** Starts Belvedere as `npm start` does, except for the log and, unless they are to stay, the rate limits. */
export async function startBelvedere(workshop: Workshop, options: ServerOptions = {}): Promise<MeasuredServer> {
  const { nodeFlags = [], flags: more = [], hasLimits = false, core } = options
  const dataDir = mkdtempSync(join(workshop.folder, 'data-'))
  const flags = [...SERVER_FLAGS, ...nodeFlags, ...extraFlags()]
  const args = ['serve', '--port', '0', '--data-dir', dataDir, '--log.level', 'warn', ...more]
  if (!hasLimits) args.push(...NO_LIMITS)
  const command = [...(core === undefined ? [] : ['taskset', '-c', String(core)]), process.execPath]
  const program = new Program(command[0] ?? '', [...command.slice(1), ...flags, MAIN, ...args], {
    env: {
      ...ownEnvironment(process.execPath, {}),
      PATH: process.env.PATH,
      BELVEDERE_PUBLISH_KEY: PUBLISH_KEY,
      BELVEDERE_ADMIN_PASSWORD: ADMIN_PASSWORD,
    },
  })
  const [, text] = await program.line(/live at http:\/\/[^:]+:(\d+)/)
  return { port: Number(text), program }
}

/** Starts a baseline server for comparison: a program of bench/yardsticks that prints "listening PORT". */
export async function startYardstick(
  name: string,
  args: readonly (string | number)[] = [],
  nodeFlags: readonly string[] = [],
): Promise<MeasuredServer> {
  const path = join(import.meta.dirname, '..', 'yardsticks', `${name}.ts`)
  const run = () => new Program(process.execPath, [...nodeFlags, path, ...args.map(String)])
  // Like the server, it is compiled into Node's cache by a first run; see scripts/lib/server.mjs for the effect.
  const first = run()
  await first.line(/^listening/)
  await first.stop()
  const program = run()
  const [, text] = await program.line(/^listening (\d+)$/)
  return { port: Number(text), program }
}

/** Starts a TCP relay in front of a server that limits the bandwidth to `rate` bytes per second. */
export async function startRelay(workshop: Workshop, port: number, rate: number): Promise<MeasuredServer> {
  const program = new Program(workshop.program('relay'), [String(port), String(rate)])
  const [, text] = await program.line(/^listening (\d+)$/)
  return { port: Number(text), program }
}

/** For profiling: BENCH_SERVER_FLAGS="--cpu-prof --cpu-prof-dir=/tmp". */
function extraFlags(): string[] {
  return process.env.BENCH_SERVER_FLAGS?.split(' ').filter((flag) => flag !== '') ?? []
}
