import type { Clock } from '../../../core/clock.ts'
import { NutError } from '../../../wire/nut/nut-error.ts'
import { NutReader } from '../../../wire/nut/nut-reader.ts'
import { CameraFailure, type CameraListener, type InputParts } from '../camera-input.ts'
import { CopiedVideo } from './copied-video.ts'
import { NUT_OUTPUT } from './decoder-arguments.ts'
import { ffmpegFailure } from './ffmpeg-failure.ts'
import { type FfmpegEnd, FfmpegProcess } from './ffmpeg-process.ts'

/** What an `ffmpeg` copies, and from where. */
export interface CopyRun {
  /** Up to its input. */
  readonly input: readonly string[]
  readonly secrets: readonly string[]
  /** How long the first packet may take, ms. */
  readonly startTimeout: number
  /** Gives it what it reads on `pipe:0`; undefined: nothing. An error of it is the failure of the whole. */
  readonly feed?: ((process: FfmpegProcess, signal: AbortSignal) => Promise<void>) | undefined
}

/** Only the first video, as it is; nothing is decoded. */
const COPY = ['-map', '0:v:0', '-c', 'copy', ...NUT_OUTPUT] as const

/**
 * Runs an `ffmpeg` that copies packets, and passes them on until it ends or the signal is aborted; settles once it is gone.
 * @returns how it ended by itself; undefined if it was aborted
 * @throws CameraFailure `ffmpeg`, `codec`, `too-large`, `silent` (no packet for `silenceTimeout`); what `feed` throws
 */
export async function copyVideo(
  { input, secrets, startTimeout, feed }: CopyRun,
  { clock, ffmpeg, limits }: InputParts,
  listener: CameraListener,
  signal: AbortSignal,
): Promise<FfmpegEnd | undefined> {
  if (signal.aborted) return undefined
  const stop = new AbortController()
  const stopped = AbortSignal.any([signal, stop.signal])
  const process = await start()
  if (!process) return undefined
  const end = () => void process.end()
  if (stopped.aborted) end()
  stopped.addEventListener('abort', end)
  let failure: unknown
  const fail = (error: unknown) => {
    failure ??= error
    stop.abort()
  }
  const silence = new Silence(clock, startTimeout, limits.silenceTimeout, (hasBegun) => fail(silent(hasBegun)))
  const video = new CopiedVideo(listener, clock, limits.maxPixels)
  const reader = new NutReader(
    {
      video: (each) => video.video(each),
      frame: (each) => {
        process.hasBegun()
        silence.broken()
        video.frame(each)
      },
    },
    limits.packetBytes,
  )
  process.stdout.on('data', (chunk: Buffer) => {
    if (stopped.aborted) return
    try {
      reader.push(chunk)
    } catch (error) {
      fail(
        error instanceof NutError
          ? new CameraFailure('ffmpeg', `What FFmpeg copies is not understood: ${error.message}.`)
          : error,
      )
    }
  })
  // What it is fed with ends with it.
  const feeding = feed?.(process, stopped).catch((error: unknown) => {
    if (!stopped.aborted) fail(error)
  })
  const ended = await process.ended
  stop.abort()
  silence.stop()
  stopped.removeEventListener('abort', end)
  await feeding
  if (signal.aborted) return undefined
  if (failure !== undefined) throw failure
  if (ended.code !== 0) throw silence.hasBegun ? lost(ended) : ffmpegFailure(ended)
  return ended

  async function start(): Promise<FfmpegProcess | undefined> {
    const args = ['-loglevel', 'error', '-max_pixels', String(limits.maxPixels), ...input, ...COPY]
    try {
      return await FfmpegProcess.start(
        { program: ffmpeg, args, clock, processBytes: limits.processBytes, secrets },
        signal,
      )
    } catch (error) {
      if (signal.aborted) return undefined
      throw error
    }
  }
}

function silent(hasBegun: boolean): CameraFailure {
  return new CameraFailure(
    'silent',
    hasBegun
      ? 'It sends no video any more; it is connected to anew.'
      : 'It answers, or nothing hinders that, but sends no video; check its address, and whether it is set to send video.',
  )
}

/** The same causes as before it has begun, but a connection that ends is no wrong address. */
function lost(ended: FfmpegEnd): CameraFailure {
  const failure = ffmpegFailure(ended)
  return failure.problem === 'unreachable' || failure.problem === 'protocol'
    ? new CameraFailure('unreachable', 'The connection was lost.')
    : failure
}

/** Notices that no packet comes. */
class Silence {
  #hasBegun = false
  readonly #clock: Clock
  readonly #timeout: number
  readonly #silent: (hasBegun: boolean) => void
  #last = 0
  #cancel: () => void

  /** @param startTimeout how long the first one may take, ms. @param timeout the same for each other one */
  constructor(clock: Clock, startTimeout: number, timeout: number, silent: (hasBegun: boolean) => void) {
    this.#clock = clock
    this.#timeout = timeout
    this.#silent = silent
    this.#cancel = clock.after(startTimeout, () => silent(false))
  }

  /** Whether a packet has come. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** A packet has come. */
  broken(): void {
    this.#last = this.#clock.monotonic()
    if (this.#hasBegun) return
    this.#hasBegun = true
    this.#cancel()
    this.#watch(this.#timeout)
  }

  stop(): void {
    this.#cancel()
  }

  /** One timer for many packets: it looks when the silence would have been long enough, and again if it was not. */
  #watch(delay: number): void {
    this.#cancel = this.#clock.after(delay, () => {
      const left = this.#last + this.#timeout - this.#clock.monotonic()
      if (left > 0) this.#watch(left)
      else this.#silent(true)
    })
  }
}
