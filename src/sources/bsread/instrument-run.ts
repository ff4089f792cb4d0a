import { type Clock, every } from '../../core/clock.ts'
import type { DeclareOptions } from '../../core/declared-stream.ts'
import type { InstrumentChannel, InstrumentRules, InstrumentSettings } from '../../core/instrument.ts'
import type { LogLimit } from '../../core/log-limit.ts'
import type { SourceRun } from '../../core/pulled-source.ts'
import type { DataHeader } from '../../wire/bsread/data-header.ts'
import type { BsreadCommand } from '../../wire/bsread/main-header.ts'
import type { BsreadHeaders } from '../../wire/bsread/message.ts'
import type { SocketState } from '../../zeromq/peers.ts'
import type { ReceivingSocketListener } from '../../zeromq/receiving-socket.ts'
import { conditionOf, type InstrumentCondition } from './instrument-condition.ts'
import { describedChannels, picturesAmong } from './picture-channels.ts'
import { PictureStreams } from './picture-streams.ts'
import { PulseReader } from './pulse-reader.ts'
import type { PulseStatistics } from './pulse-statistics.ts'
import { addressOf } from './receiver.ts'

/** What one run of an instrument needs. */
export interface InstrumentRunParts {
  readonly run: SourceRun
  readonly settings: InstrumentSettings
  readonly rules: InstrumentRules
  readonly clock: Clock
  readonly warnings: LogLimit
  readonly statistics: PulseStatistics
}

/**
 * One run of an instrument: follows which channels it sends, says on its streams how it is doing, and counts. Its pulses are
 * read by a `PulseReader`.
 */
export class InstrumentRun {
  readonly #parts: InstrumentRunParts
  readonly #streams: PictureStreams
  readonly #address: string
  #socket: SocketState = { kind: 'connecting' }
  #hasStopped = false
  #state: InstrumentCondition['state'] | undefined
  #hasFailed = false
  #header: DataHeader | undefined
  /** The hash of the data header whose channels are shown, and since when, monotonic ms. */
  #shown: string | undefined
  #shownAt = Number.NEGATIVE_INFINITY
  #channels: readonly InstrumentChannel[] = []
  /** Why pictures that the server has room for are not shown. */
  #leftOut: string | undefined

  constructor(parts: InstrumentRunParts) {
    this.#parts = parts
    const { run, clock, settings, rules } = parts
    const { name, colouring, pictures } = settings
    const options: DeclareOptions = {
      when: 'on-demand',
      startTimeout: START_TIMEOUT_MS,
      closeAfter: 0,
      isMonitored: true,
      start: 'next',
      ...(colouring && { colouring }),
    }
    this.#address = addressOf(settings)
    this.#streams = new PictureStreams({ run, clock, label: name, options, maxGone: rules.pictures })
    this.#streams.expect(picturesAmong(undefined, pictures, rules.pictures))
    this.#tell()
  }

  /** Its state, and why. */
  get condition(): InstrumentCondition {
    const { statistics } = this.#parts
    const { state, reason } = conditionOf({
      address: this.#address,
      socket: this.#socket,
      silence: statistics.silence,
      interval: statistics.interval,
      hasStopped: this.#hasStopped,
      rejection: statistics.rejection,
    })
    const missing = state === 'live' ? (this.#streams.refusal ?? this.#leftOut) : undefined
    return { state, reason: missing === undefined ? reason : `${reason}; not all pictures are shown: ${missing}` }
  }

  /** The channels of the newest message; none before the first one. */
  get channels(): readonly InstrumentChannel[] {
    return this.#channels
  }

  /** Says regularly on its streams how it is doing. @returns stops */
  begin(): () => void {
    return every(this.#parts.clock, TELL_MS, () => this.#tell())
  }

  /** Takes what its socket receives. */
  listener(): ReceivingSocketListener {
    const { rules, statistics, warnings, settings } = this.#parts
    const instrument = settings.name
    const parts = {
      rules,
      streams: this.#streams,
      pulse: (headers: BsreadHeaders) => this.#pulse(headers),
      received: (bytes: number) => statistics.received(bytes),
      rejected: (reason: string) => {
        statistics.reject(reason)
        warnings.warn('rejected', { instrument, reason }, 'a message of an instrument was rejected')
      },
      commanded: (command: BsreadCommand['command']) => this.#commanded(command),
      refused: (reason: string) =>
        void warnings.warn('refused', { instrument, reason }, 'a picture of an instrument was not shown'),
    }
    return {
      connection: () => new PulseReader({ ...parts, lastDataHeader: this.#header }),
      state: (state) => {
        // The time without a connection is no interval between two pulses.
        if (state.kind !== 'connected') statistics.restartRate()
        this.#socket = state
      },
    }
  }

  #pulse({ pulseId, dataHeader }: BsreadHeaders): void {
    this.#parts.statistics.pulse(pulseId)
    this.#hasStopped = false
    this.#header = dataHeader
    // Otherwise it is said soon enough.
    if (this.#show() || this.#state !== 'live') this.#tell()
  }

  /**
   * Shows the pictures of the newest channels. A sender that changes them with each pulse is followed once a second.
   * @returns whether they have changed
   */
  #show(): boolean {
    const { clock, settings, rules, run } = this.#parts
    const header = this.#header
    if (!header || header.hash === this.#shown || clock.monotonic() - this.#shownAt < CHANGES_MS) return false
    this.#shown = header.hash
    this.#shownAt = clock.monotonic()
    const pictures = picturesAmong(header.channels, settings.pictures, rules.pictures)
    this.#streams.show(pictures)
    this.#channels = describedChannels(header.channels, this.#streams.names)
    const [first] = pictures.leftOut
    this.#leftOut = first === undefined ? undefined : `${JSON.stringify(first)} is ${LEFT_OUT}`
    run.ready()
    return true
  }

  #commanded(command: BsreadCommand['command']): void {
    const { warnings, settings } = this.#parts
    if (command === 'stop') this.#hasStopped = true
    else warnings.warn('reconnect', { instrument: settings.name }, RECONNECT)
  }

  #tell(): void {
    const { silence, interval } = this.#parts.statistics
    this.#show()
    this.#streams.declareMissing()
    const { state, reason } = this.condition
    this.#state = state
    // What is merely silent becomes stale as any other stream; what has failed is offline until the next pulse.
    if (state === 'live') this.#hasFailed = false
    else if (state !== 'silent' || this.#hasStopped) this.#hasFailed = true
    for (const stream of this.#streams) {
      if (this.#hasFailed || silence === undefined) stream.failed(reason)
      else stream.heard(silence, interval)
    }
  }
}

const LEFT_OUT = 'one too many (instruments.pictures), or has a name that a stream cannot have'
/** How long the first picture for a viewer may take before the stream says that there is none, ms. */
const START_TIMEOUT_MS = 5000
/** How often it is said how the instrument is doing: a stream is stale after some seconds. ms. */
const TELL_MS = 500
/** How often the streams may change, ms. */
const CHANGES_MS = 1000
const RECONNECT = 'an instrument orders its receivers to connect to another address, which is never done'
