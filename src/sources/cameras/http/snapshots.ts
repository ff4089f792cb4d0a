import type { Clock } from '../../../core/clock.ts'
import type { CameraListener, InputParts } from '../camera-input.ts'
import { pause } from '../until-aborted.ts'
import type { HttpAnswer } from './http-answer.ts'
import type { HttpClient } from './http-client.ts'
import { isPassing } from './http-failures.ts'
import { PictureTaker } from './picture-taker.ts'
import { SnapshotPace } from './snapshot-pace.ts'

/** What it takes to ask for pictures. */
export interface SnapshotParts extends Pick<InputParts, 'clock' | 'limits'> {
  readonly client: HttpClient
  readonly listener: CameraListener
  readonly signal: AbortSignal
}

/**
 * Asks for a picture again and again, never for two at once.
 * @param first the answer with the first one, read whole
 * @throws CameraFailure when the camera fails several times in a row; the signal's reason
 */
export async function takeSnapshots(url: URL, first: Snapshot, parts: SnapshotParts): Promise<never> {
  const { clock, client, limits, listener, signal } = parts
  const taker = new PictureTaker(listener, parts)
  const pace = new SnapshotPace()
  let askedAt = first.askedAt
  let failures = 0
  taker.take(first.bytes, first.headers)
  pace.took(clock.monotonic() - askedAt)
  for (;;) {
    await untilWanted(clock, askedAt, () => pace.interval(listener.wantedRate()), signal)
    askedAt = clock.monotonic()
    try {
      const { bytes, headers } = await readSnapshot(await client.get(url), askedAt, limits.packetBytes)
      pace.took(clock.monotonic() - askedAt)
      taker.take(bytes, headers)
      failures = 0
    } catch (error) {
      // One that is lost now and then is no reason to say that the camera has failed.
      if (!isPassing(error) || ++failures === MOST_FAILURES) throw error
      pace.took(clock.monotonic() - askedAt)
    }
  }
}

/** A picture, and what came with it. */
export interface Snapshot {
  readonly bytes: Uint8Array
  readonly headers: ReadonlyMap<string, string>
  /** When it was asked for, by the monotonic clock, ms. */
  readonly askedAt: number
}

/** Reads an answer that is a picture. @throws CameraFailure as `HttpAnswer.bytes` */
export async function readSnapshot(answer: HttpAnswer, askedAt: number, most: number): Promise<Snapshot> {
  const bytes = await answer.bytes(most)
  const stamp = answer.header('x-timestamp')
  return { bytes, headers: new Map(stamp === undefined ? [] : [['x-timestamp', stamp]]), askedAt }
}

const MOST_FAILURES = 3

/** Waits until so long after `from`; what is wanted may change meanwhile. */
async function untilWanted(clock: Clock, from: number, interval: () => number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const rest = from + interval() - clock.monotonic()
    // Also without any rest others have their turn.
    await pause(clock, Math.max(0, Math.min(rest, LOOK_MS)), signal)
    if (rest <= LOOK_MS) return
  }
}

/** How soon it is noticed that somebody has come who wants pictures. */
const LOOK_MS = 100
