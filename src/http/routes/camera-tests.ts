import type { CameraOrigin, CameraSettings } from '../../core/camera.ts'
import type { CameraPuller, CameraTestResult } from '../../core/camera-puller.ts'
import type { Clock } from '../../core/clock.ts'
import { Refusal, tooMany } from '../../core/errors.ts'
import { RateLimiter } from '../../core/rate-limiter.ts'
import { CameraFailure } from '../../sources/cameras/camera-input.ts'

/** What tests of cameras need. */
export interface CameraTestParts {
  readonly puller: Pick<CameraPuller, 'test'>
  readonly clock: Clock
  /** How many there may be at once (`cameras.tests_at_once`). */
  readonly atOnce: number
  /** Of one client (`cameras.tests_per_minute`). */
  readonly perMinute: number
}

/** How long a test may take, ms. */
const TIME_LIMIT_MS = 15_000

/** Tests cameras for people who wait for it, at most some at once and for each client a minute. */
export class CameraTests {
  readonly #parts: CameraTestParts
  readonly #taken: RateLimiter
  #running = 0

  constructor(parts: CameraTestParts) {
    this.#parts = parts
    this.#taken = new RateLimiter({ amount: parts.perMinute, period: 60_000 }, parts.clock)
  }

  /** Counts a test, or what takes as much. @throws Refusal `limited` */
  count(client: string): void {
    const { perMinute } = this.#parts
    const wait = this.#taken.take(client)
    if (wait > 0) throw tooMany(wait, `${perMinute} tests or imports of cameras`, 'cameras.tests_per_minute')
  }

  /**
   * Connects to a camera for one picture.
   * @param client for the limits
   * @param gone aborted when nobody waits for it any more
   * @throws CameraFailure what is wrong with the camera; Refusal `limited`, `exhausted`
   */
  async run(
    client: string,
    { settings, origin }: { readonly settings: CameraSettings; readonly origin: CameraOrigin },
    gone: AbortSignal | undefined,
  ): Promise<CameraTestResult> {
    const { puller, clock, atOnce } = this.#parts
    this.count(client)
    if (this.#running >= atOnce)
      throw new Refusal(
        'exhausted',
        `At most ${atOnce} cameras are tested at once (cameras.tests_at_once); try again.`,
        { limit: 'cameras.tests_at_once', retryAfter: 1 },
      )
    const late = new AbortController()
    const cancel = clock.after(TIME_LIMIT_MS, () => late.abort(TOO_SLOW))
    this.#running++
    try {
      const signal = gone ? AbortSignal.any([gone, late.signal]) : late.signal
      return await puller.test(settings, origin, signal)
    } catch (error) {
      throw late.signal.aborted && !(error instanceof CameraFailure) ? TOO_SLOW : error
    } finally {
      this.#running--
      cancel()
    }
  }
}

const TOO_SLOW = new CameraFailure(
  'silent',
  `no picture came within ${TIME_LIMIT_MS / 1000} s; cameras that send a key frame more often are quicker`,
)
