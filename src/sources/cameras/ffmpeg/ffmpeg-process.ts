import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { type Clock, every } from '../../../core/clock.ts'
import { drained } from '../../../processes/drained.ts'
import { memoryUse } from '../../../processes/memory-use.ts'
import { ProcessGroup } from '../../../processes/process-group.ts'
import { NotStarted, START_OPTIONS, type StartedProgram, startProgram } from '../../../processes/started-program.ts'
import { CameraFailure } from '../camera-input.ts'
import type { FfmpegProgram } from '../ffmpeg-program.ts'
import { LastLines } from './last-lines.ts'

/** How one is run. */
export interface FfmpegRun {
  readonly program: FfmpegProgram
  readonly args: readonly string[]
  readonly clock: Clock
  /** How much memory it may use, bytes; beyond it is killed. */
  readonly processBytes: number
  /** Never shown, in whatever it writes. */
  readonly secrets: readonly string[]
}

/** How one ended. */
export interface FfmpegEnd {
  readonly code: number | null
  readonly killedBy: NodeJS.Signals | null
  /** The last lines of its standard error, the oldest first, without secrets. */
  readonly lines: readonly string[]
  /** It was killed for using so much memory, bytes; undefined if not. */
  readonly usedBytes: number | undefined
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** How long it has to end by itself once it was asked to, ms. */
const GRACE_MS = 2000
/** How long it counts as starting, at most, if nothing comes of it, ms: what takes longer waits for a camera. */
const STARTING_MS = 3000
const LOOK_MS = 1000

/**
 * A running `ffmpeg`, without a shell and with nothing of our environment, in its own process group. It ends when it is told to,
 * when it uses too much memory, and, where the system can do that (`setpriv`), with this server, however that ends.
 */
export class FfmpegProcess {
  /** Takes what it reads on `pipe:0`. Errors are not reported: it has ended then. */
  readonly stdin: Writable
  /** What it writes to `pipe:1`. */
  readonly stdout: Readable
  /** Settles when it has ended, nothing of it is left, and its output has been read. Never rejects. */
  readonly ended: Promise<FfmpegEnd>
  readonly #group: ProcessGroup
  readonly #giveTurn: () => void
  readonly #lines: LastLines
  #usedBytes: number | undefined

  private constructor(
    { child, id, exited }: StartedProgram<Child>,
    { clock, processBytes, secrets }: FfmpegRun,
    giveTurn: () => void,
  ) {
    this.stdin = child.stdin
    this.stdout = child.stdout
    this.#giveTurn = giveTurn
    this.#lines = new LastLines(child.stderr, clock, secrets)
    this.#group = new ProcessGroup(id, clock, GRACE_MS)
    for (const pipe of [child.stdin, child.stdout]) pipe.on('error', () => {})
    const cancelTurn = clock.after(STARTING_MS, giveTurn)
    const cancelLooks = every(clock, LOOK_MS, () => void this.#look(id, processBytes))
    this.ended = exited.then(async (exit) => {
      giveTurn()
      cancelTurn()
      cancelLooks()
      await this.#group.end()
      child.stderr.resume()
      await drained(child, [child.stdout, child.stderr], clock)
      child.stdin.destroy()
      return { ...exit, lines: this.#lines.all, usedBytes: this.#usedBytes }
    })
  }

  /**
   * Starts one, when it is its turn.
   * @throws CameraFailure `ffmpeg` when there is none, or it cannot be started; the signal's reason
   */
  static async start(run: FfmpegRun, signal: AbortSignal): Promise<FfmpegProcess> {
    const found = await run.program.find()
    const giveTurn = await run.program.turn(signal)
    try {
      const [path = found.path, ...args] = [
        ...(found.startedBy ?? []),
        found.path,
        '-hide_banner',
        '-nostdin',
        ...run.args,
      ]
      const started = await startProgram(() => spawn(path, args, { ...START_OPTIONS, stdio: ['pipe', 'pipe', 'pipe'] }))
      return new FfmpegProcess(started, run, giveTurn)
    } catch (error) {
      giveTurn()
      throw error instanceof NotStarted
        ? new CameraFailure('ffmpeg', `FFmpeg could not be started (${error.code}).`)
        : error
    }
  }

  /** The last lines of its standard error so far, without secrets. */
  get lines(): readonly string[] {
    return this.#lines.all
  }

  /** To be called when what it is for has begun: another one may start. */
  hasBegun(): void {
    this.#giveTurn()
  }

  /** Ends it: asks it to, and kills it after 2 s. Settles as `ended`. */
  async end(): Promise<FfmpegEnd> {
    this.stdin.destroy()
    await this.#group.end()
    return this.ended
  }

  async #look(id: number, most: number): Promise<void> {
    const used = (await memoryUse(id)) ?? 0
    if (used <= most || this.#usedBytes !== undefined) return
    this.#usedBytes = used
    this.#group.kill()
  }
}
