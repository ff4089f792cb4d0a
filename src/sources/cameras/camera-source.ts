import type { Camera, CameraError, CameraOrigin, CameraSettings, CameraState, CameraStatus } from '../../core/camera.ts'
import type { Clock } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { LogLimit, MINUTE_MS } from '../../core/log-limit.ts'
import { systemPrincipal } from '../../core/principal.ts'
import type { SourcePhase, SourceRun, SupervisedSource } from '../../core/pulled-source.ts'
import type { Supervisor } from '../../core/supervisor.ts'
import { maskSecrets } from '../../core/url-secrets.ts'
import { CameraClock } from './camera-clock.ts'
import type { OpenDecoder } from './camera-decoding.ts'
import { CameraFailure, type CameraInput } from './camera-input.ts'
import { CameraRun } from './camera-run.ts'
import { CameraStatistics } from './camera-statistics.ts'
import type { RingLimits } from './packet-ring.ts'

/** What cameras need. */
export interface CameraParts {
  readonly supervisor: Supervisor
  readonly clock: Clock
  readonly log: Log
  /** Makes the input for an address. @throws CameraFailure */
  readonly openInput: (settings: CameraSettings, origin: CameraOrigin) => CameraInput
  readonly openDecoder: OpenDecoder
  readonly rules: CameraRules
}

/** Settings of all cameras; times in ms. */
export interface CameraRules {
  /** How long one that is pulled on demand goes on once the last viewer has left. */
  readonly closeAfter: number
  /** How long the first picture may take before the stream counts as offline. */
  readonly startTimeout: number
  /** How long somebody else who published its stream must be silent before it is pulled. */
  readonly yieldsFor: number
  readonly ring: RingLimits
  /** The largest picture, pixels. */
  readonly maxPixels: number
}

/** Declares the stream of a camera and pulls it while that is wanted, or always. @throws Refusal as `Supervisor.supervise` */
export function startCamera(parts: CameraParts, settings: CameraSettings, origin: CameraOrigin): Camera {
  return new CameraSource(parts, settings, origin)
}

class CameraSource implements Camera {
  readonly settings: CameraSettings
  readonly #parts: CameraParts
  readonly #origin: CameraOrigin
  readonly #statistics: CameraStatistics
  readonly #cameraClock: CameraClock
  readonly #warnings: LogLimit
  readonly #supervised: SupervisedSource
  #run: CameraRun | undefined
  #lastError: CameraError | undefined
  #restarts = 0

  constructor(parts: CameraParts, settings: CameraSettings, origin: CameraOrigin) {
    this.settings = settings
    this.#parts = parts
    this.#origin = origin
    this.#statistics = new CameraStatistics(parts.clock)
    this.#cameraClock = new CameraClock(parts.clock)
    this.#warnings = new LogLimit(parts, MINUTE_MS)
    const { closeAfter, startTimeout, yieldsFor } = parts.rules
    const { label, key } = settings.stream
    const isAlways = settings.runs === 'always'
    this.#supervised = parts.supervisor.supervise({
      name: `camera ${label}/${key}`,
      dialect: 'camera',
      streams: [settings.stream],
      principal: systemPrincipal(`camera ${label}/${key}`, [
        { actions: ['publish'], scope: { kind: 'streams', streams: [settings.stream] } },
      ]),
      // One that is always pulled publishes pictures only while somebody watches: it is listened to like an instrument.
      options: { when: 'on-demand', startTimeout, closeAfter, isMonitored: isAlways },
      runs: isAlways ? 'always' : 'while-wanted',
      yieldsFor,
      run: (run) => this.#pull(run),
    })
  }

  get status(): CameraStatus {
    return {
      ...this.#statistics.status,
      ...this.#condition,
      lastError: this.#lastError,
      restarts: this.#restarts,
      clock: this.#cameraClock.source,
      isDecoding: this.#run?.isDecoding ?? false,
    }
  }

  retry(): void {
    this.#supervised.retry()
  }

  async stop(): Promise<void> {
    await this.#supervised.stop()
  }

  get #condition(): { readonly state: CameraState; readonly reason: string } {
    const state = STATES[this.#supervised.phase]
    if (state === 'live' && !this.#statistics.hasBegun) return { state: 'connecting', reason: 'no video yet' }
    const failure = state === 'failed' || state === 'stopped' ? this.#lastError?.reason : undefined
    return { state, reason: failure ?? REASONS[state] }
  }

  async #pull(run: SourceRun): Promise<void> {
    const { clock, openInput, openDecoder, rules } = this.#parts
    const { settings } = this
    this.#statistics.connecting()
    const current = new CameraRun({
      run,
      settings,
      clock,
      cameraClock: this.#cameraClock,
      statistics: this.#statistics,
      openDecoder,
      ring: rules.ring,
      maxPixels: rules.maxPixels,
      warnings: this.#warnings,
    })
    this.#run = current
    try {
      await current.pull(openInput(settings, this.#origin))
    } catch (error) {
      if (!run.signal.aborted) this.#failed(error)
      throw error
    } finally {
      this.#run = undefined
    }
  }

  #failed(error: unknown): void {
    const problem = error instanceof CameraFailure ? error.problem : 'protocol'
    this.#restarts++
    this.#lastError = { problem, reason: maskSecrets(messageOf(error)), at: this.#parts.clock.now() }
  }
}

const STATES: Readonly<Record<SourcePhase, CameraState>> = {
  idle: 'idle',
  running: 'live',
  waiting: 'failed',
  'given-up': 'stopped',
  yielding: 'yielding',
}

const REASONS: Readonly<Record<CameraState, string>> = {
  off: 'switched off',
  idle: 'on demand: nobody is watching',
  connecting: 'no video yet',
  live: 'video comes in',
  failed: 'it failed',
  stopped: 'it failed',
  yielding: 'somebody else publishes this stream, so the camera is not pulled as well',
}
