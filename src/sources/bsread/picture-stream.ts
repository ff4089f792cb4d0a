import type { Clock } from '../../core/clock.ts'
import type { Declaration } from '../../core/declared-stream.ts'
import { messageOf } from '../../core/errors.ts'
import type { FrameInput } from '../../core/frame.ts'
import { frameDueAt } from '../../core/frame-pace.ts'
import { arraySize } from '../../core/payload.ts'
import type { SourceRun } from '../../core/pulled-source.ts'
import type { Pulse, PulseTime } from '../../core/pulse.ts'
import type { StreamName } from '../../core/stream-name.ts'
import { isDue } from '../../wire/bsread/channel.ts'
import type { ChannelReading } from '../../wire/bsread/channel-reading.ts'
import type { BsreadMessage } from '../../wire/bsread/message.ts'
import { isCaptureTime } from '../capture-time.ts'
import type { PictureChannel } from './picture-channels.ts'

/** What came with a picture: as people see it, and as it was received. */
export type Measurements = Pick<FrameInput, 'metadata' | 'channels'>

/** One stream of pictures: whether the next pulse is wanted for it, and the frames that are made of those that are. */
export class PictureStream {
  #channel: PictureChannel
  readonly #run: SourceRun
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>
  readonly #name: StreamName
  readonly #declaration: Declaration
  /** When the last frame was published, ms since 1970, and how many viewers had come by then. */
  #lastAt: number | undefined
  #served = 0
  #isPublishing = false
  /** Why the last pulse that should have had a picture for its viewers had none, and from when on that is said, monotonic ms. */
  #problem: string | undefined
  #saidFrom = 0

  constructor(
    channel: PictureChannel,
    name: StreamName,
    declaration: Declaration,
    { run, clock }: { readonly run: SourceRun; readonly clock: Pick<Clock, 'now' | 'monotonic'> },
  ) {
    this.#channel = channel
    this.#name = name
    this.#declaration = declaration
    this.#run = run
    this.#clock = clock
    this.#problem = channel.problem
  }

  /** The channel that it shows. */
  get channel(): PictureChannel {
    return this.#channel
  }

  /** It has been described anew. */
  set channel(channel: PictureChannel) {
    this.#channel = channel
    this.#problem = channel.problem
  }

  /** Whether a frame of the pulse that is just coming in is wanted; whoever has come since the last one gets the next. */
  get isDue(): boolean {
    const { viewers, maxFps } = this.#declaration.demand
    if (viewers === 0 || maxFps === 0 || this.#channel.problem !== undefined) return false
    // What is under way is not queued behind: the next pulse will be newer.
    if (this.#isPublishing) return false
    const now = this.#clock.now()
    return this.#declaration.arrivals > this.#served || frameDueAt(now, this.#lastAt, maxFps) <= now
  }

  /** Publishes the picture of a pulse, with its measurements. @returns why it could not, if it could not */
  async publish(message: BsreadMessage, reading: ChannelReading, measured: Measurements): Promise<string | undefined> {
    if (reading.value === null && !reading.error && !isDue(reading.channel, message.pulseId)) return undefined
    const input = this.#frameOf(message, reading, measured)
    if (typeof input === 'string') {
      this.#missed(input, PATIENCE_MS)
      return undefined
    }
    this.#lastAt = this.#clock.now()
    this.#served = this.#declaration.arrivals
    this.#isPublishing = true
    try {
      await this.#run.publish(input)
      this.#problem = undefined
    } catch (error) {
      this.#missed(messageOf(error), PATIENCE_MS)
    } finally {
      this.#isPublishing = false
    }
    return this.#problem
  }

  /** A pulse that was wanted could not be read. @param reason why */
  missed(reason: string): void {
    this.#missed(reason, 0)
  }

  /** Pulses come. @param silence how long ago the last one did, ms @param interval between two of them, ms */
  heard(silence: number, interval: number | undefined): void {
    // What was wrong with a pulse that somebody watched may be over: nobody looks any more.
    if (this.#declaration.demand.viewers === 0) this.#problem = this.#channel.problem
    const problem = this.#saidFrom <= this.#clock.monotonic() ? this.#problem : this.#channel.problem
    if (problem === undefined) this.#declaration.heard(silence, interval)
    else this.#declaration.failed(problem)
  }

  /** No pulses come, for this reason. */
  failed(reason: string): void {
    this.#declaration.failed(reason)
  }

  /** There is no such picture. @param reason why, for a stream that stays listed; undefined: it goes */
  withdraw(reason: string | undefined): void {
    this.#declaration.withdraw(reason)
  }

  /** @param patience how long that must go on before it is said, ms */
  #missed(problem: string, patience: number): void {
    const saidFrom = this.#clock.monotonic() + patience
    this.#saidFrom = this.#problem === undefined ? saidFrom : Math.min(this.#saidFrom, saidFrom)
    this.#problem = problem
  }

  /** @returns why there is none, if there is none */
  #frameOf(
    { pulseId, globalTimestamp }: BsreadMessage,
    reading: ChannelReading,
    measured: Measurements,
  ): FrameInput | string {
    const { value, error, timestamp } = reading
    if (error) return error.message
    const name = JSON.stringify(this.channel.name)
    if (value === null) return `channel ${name} has no value`
    const size = typeof value === 'string' ? undefined : arraySize(value.shape)
    if (typeof value === 'string' || !size) return `channel ${name} has a value that is no picture`
    const pulse: Pulse = { id: pulseId, globalTimestamp, timestamp }
    return { stream: this.#name, size, payload: value, ...measured, capturedAt: captureTime(globalTimestamp), pulse }
  }
}

/** How long no pulse must have had a picture before that is said: a slow camera has none with most pulses. ms. */
const PATIENCE_MS = 2000

/** Instruments without a clock send zeros. */
function captureTime(time: PulseTime | undefined): number | undefined {
  const ms = time && time.sec * 1000 + time.ns / 1e6
  return ms !== undefined && isCaptureTime(ms) ? ms : undefined
}
