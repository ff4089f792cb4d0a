import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Clock } from '../core/clock.ts'
import { drained } from '../processes/drained.ts'
import { ProcessGroup } from '../processes/process-group.ts'
import { NotStarted, START_OPTIONS, type StartedProgram, startProgram } from '../processes/started-program.ts'
import { CommandFailure } from './command.ts'

/** How a program is run. */
export interface ProgramRules {
  readonly clock: Clock
  /** How much of what it writes is kept, in bytes. What is beyond is discarded; 16 times as much ends it. */
  readonly maxBytes: number
  /** How long it has to end by itself once it was asked to, ms. */
  readonly grace: number
}

/** What a program has written to its end. */
export interface ProgramOutput {
  readonly output: Uint8Array
  /** Whether it wrote more than is kept. */
  readonly isCut: boolean
}

/**
 * Runs a program: without a shell, with an empty input and a minimal environment, in its own process group, of which
 * nothing is left in the end, unless it has become another user's.
 * @param signal ends it
 * @throws CommandFailure when it cannot be started, fails, is killed, or writes without end; the reason of the signal
 */
export async function runProgram(
  path: string,
  args: readonly string[],
  { clock, maxBytes, grace }: ProgramRules,
  signal: AbortSignal,
): Promise<ProgramOutput> {
  const { child, id, exited } = await start(path, args)
  const group = new ProcessGroup(id, clock, grace)
  const { promise: abandoned, reject: abandon } = Promise.withResolvers<never>()
  // Nobody waits for it once the program has ended.
  abandoned.catch(() => {})
  const end = () =>
    void group.end().then((isEnded) => {
      if (!isEnded) abandon(new CommandFailure('the program runs as another user and could not be ended.'))
    })
  signal.addEventListener('abort', end)
  let isFlood = false
  const flood = () => {
    isFlood = true
    // Or it would be read on, as fast as it writes.
    for (const pipe of [child.stdout, child.stderr]) pipe.destroy()
    group.kill()
  }
  const most = FLOOD * maxBytes
  const output = new BoundedOutput(child.stdout, { keep: maxBytes, most, flood })
  const errors = new BoundedOutput(child.stderr, { keep: LOGGED_BYTES, most, flood })
  try {
    const { code, killedBy } = await Promise.race([exited, abandoned])
    await group.end()
    await drained(child, [child.stdout, child.stderr], clock)
    signal.throwIfAborted()
    const fields = errors.bytes.length > 0 ? { stderr: new TextDecoder().decode(errors.bytes) } : {}
    if (isFlood) throw new CommandFailure(`the program wrote more than ${most} bytes and was killed.`, fields)
    if (code === null) throw new CommandFailure(`the program was killed (${killedBy}).`, fields)
    if (code !== 0) throw new CommandFailure(`the program ended with exit code ${code}.`, fields)
    return { output: output.bytes, isCut: output.isCut }
  } finally {
    signal.removeEventListener('abort', end)
    for (const pipe of [child.stdout, child.stderr]) pipe.destroy()
    child.unref()
  }
}

/** How many times what is kept a program may write. */
const FLOOD = 16
/** How much of what it writes to its standard error goes into the log. */
const LOGGED_BYTES = 2000
type Child = ChildProcessByStdio<null, Readable, Readable>

/** @throws CommandFailure */
async function start(path: string, args: readonly string[]): Promise<StartedProgram<Child>> {
  try {
    return await startProgram(() => spawn(path, args, { ...START_OPTIONS, stdio: ['ignore', 'pipe', 'pipe'] }))
  } catch (error) {
    throw error instanceof NotStarted ? new CommandFailure(error.message) : error
  }
}

/** The first bytes that are written to a pipe; the rest is read and discarded. */
class BoundedOutput {
  isCut = false
  readonly #chunks: Uint8Array[] = []
  #kept = 0

  /** @param bounds how many bytes to keep; how many may come before `flood` is called */
  constructor(pipe: Readable, bounds: { readonly keep: number; readonly most: number; readonly flood: () => void }) {
    let seen = 0
    pipe.on('data', (chunk: Buffer) => {
      seen += chunk.length
      const kept = chunk.subarray(0, bounds.keep - this.#kept)
      if (kept.length > 0) this.#chunks.push(kept)
      this.#kept += kept.length
      this.isCut = seen > this.#kept
      if (seen > bounds.most) bounds.flood()
    })
    pipe.on('error', () => {})
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.#chunks)
  }
}
