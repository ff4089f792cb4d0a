import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { Program } from './program.ts'
import type { Workshop } from './workshop.ts'

/** A server under measurement, in a process of its own. */
export interface MeasuredServer {
  readonly port: number
  readonly program: Program
}

/** What the bench publishes with. */
export const PUBLISH_KEY = 'the-key-of-the-benchmarks'

/** The password of the admin of every server here. */
export const ADMIN_PASSWORD = 'the-password-of-the-benchmarks'

/** Limits that nothing here reaches: what is measured is the work. */
const NO_LIMITS = ['--limits.publish_bytes_per_s', '100000000000', '--limits.calls_per_minute', '10000000']

const ROOT = join(import.meta.dirname, '../..')

/** What the start script knows of running the server; plain JavaScript, so its types are told here. */
interface StartScript {
  readonly MAIN: string
  readonly SERVER_FLAGS: readonly string[]
}

/** And of the environment that everything of ours runs in. */
interface ChildScript {
  ownEnvironment(node: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv
}

// By the script's own words, or the bench would go on measuring a server that nobody starts any more.
const { MAIN, SERVER_FLAGS }: StartScript = await import(join(ROOT, 'scripts/lib/server.mjs'))
const { ownEnvironment }: ChildScript = await import(join(ROOT, 'scripts/lib/child.mjs'))

/** Belvedere as `npm start` starts it, but for the log. */
export async function startBelvedere(workshop: Workshop, nodeFlags: readonly string[] = []): Promise<MeasuredServer> {
  const dataDir = mkdtempSync(join(workshop.folder, 'data-'))
  const flags = [...SERVER_FLAGS, ...nodeFlags, ...extraFlags()]
  const args = ['serve', '--port', '0', '--data-dir', dataDir, '--log.level', 'warn', ...NO_LIMITS]
  const program = new Program(process.execPath, [...flags, MAIN, ...args], {
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

/** A yardstick: a program of bench/yardsticks that prints "listening PORT". */
export async function startYardstick(name: string, args: readonly (string | number)[] = []): Promise<MeasuredServer> {
  const path = join(import.meta.dirname, '..', 'yardsticks', `${name}.ts`)
  const run = () => new Program(process.execPath, [path, ...args.map(String)])
  // As the server is, it is compiled into Node's cache by a first run: scripts/lib/server.mjs says what that changes.
  const first = run()
  await first.line(/^listening/)
  await first.stop()
  const program = run()
  const [, text] = await program.line(/^listening (\d+)$/)
  return { port: Number(text), program }
}

/** A link of so many bytes a second in front of a server. */
export async function startRelay(workshop: Workshop, port: number, rate: number): Promise<MeasuredServer> {
  const program = new Program(workshop.program('relay'), [String(port), String(rate)])
  const [, text] = await program.line(/^listening (\d+)$/)
  return { port: Number(text), program }
}

/** For profiling: BENCH_SERVER_FLAGS="--cpu-prof --cpu-prof-dir=/tmp". */
function extraFlags(): string[] {
  return process.env.BENCH_SERVER_FLAGS?.split(' ').filter((flag) => flag !== '') ?? []
}
