import { summary } from '../lib/ages.ts'
import { agesOf, decodePictures, delaysOf, type SeenPicture, toldDelay, viewPictures } from '../lib/camera-delays.ts'
import { startWithCameras } from '../lib/cameras.ts'
import { plainPictureArguments, quickPictureArguments, TILE } from '../lib/ffmpeg.ts'
import type { Benchmark } from '../lib/figure.ts'
import { CAMERA, startRtspCameras } from '../lib/rtsp-cameras.ts'

/** What is measured at a time: two turns of the clip, and what begins. */
const SECONDS = 20
const SETTLE_MS = 4000
const ROUNDS = 3
const REACH_MS = 250

/**
 * How much later a viewer has the pictures of a camera than they come out of an `ffmpeg` that reads the same camera at the same
 * time: the same pictures, by the number in each.
 */
export const camerasDelay: Benchmark = {
  name: 'cameras-delay',
  async run({ workshop, rounds }) {
    const { urls } = await startRtspCameras(workshop, 1)
    const [url = ''] = urls
    const server = await startWithCameras(workshop, { urls, runs: 'on-demand' })
    const raw: Seen[] = []
    for (let round = 0; round < Math.min(rounds, ROUNDS); round++) {
      const [ours, quick, plain] = await Promise.all([
        viewPictures(server, TILE.width, SECONDS),
        decodePictures(quickPictureArguments(url), SECONDS),
        decodePictures(plainPictureArguments(url), SECONDS),
      ])
      raw.push({ ours, quick, plain })
    }
    const more = (than: 'quick' | 'plain') => raw.flatMap((seen) => delaysOf(seen.ours, seen[than], SETTLE_MS))
    const ages = (of: keyof Seen) => raw.flatMap((seen) => agesOf(seen[of], seen.ours, SETTLE_MS))
    const [delays, toPlain] = [more('quick'), more('plain')]
    const what = `${CAMERA.what} RTSP camera → JPEG of ${TILE.width} px at a viewer of \`/ws/live\``
    const told = (values: readonly number[], than: keyof Seen) =>
      `${toldDelay(values)} of ${values.length} pictures; since capture by the camera's clock ${toldDelay(ages('ours'))} to ${toldDelay(ages(than))}`
    return {
      figures: [
        {
          what,
          yardstick: '`ffmpeg` alone to its output, with what makes it quickest (`low_delay`, one thread)',
          reach: `p95 ≤ ${REACH_MS} ms later`,
          measured: told(delays, 'quick'),
          isReached: summary(delays).p95 <= REACH_MS,
        },
        {
          what: 'for comparison: the same',
          yardstick: '`ffmpeg` alone with its defaults',
          reach: '–',
          measured: told(toPlain, 'plain'),
        },
      ],
      raw,
    }
  },
}

/** At a viewer, and behind an `ffmpeg` with each of the two. */
interface Seen {
  readonly ours: readonly SeenPicture[]
  readonly quick: readonly SeenPicture[]
  readonly plain: readonly SeenPicture[]
}
