import { summary } from '../lib/ages.ts'
import { decodePictures, delaysOf, type SeenPicture, toldDelay } from '../lib/camera-delays.ts'
import { SITE, startWithCameras } from '../lib/cameras.ts'
import { closePage, MeasuredBrowser } from '../lib/chromium.ts'
import { quickPictureArguments } from '../lib/ffmpeg.ts'
import type { Benchmark } from '../lib/figure.ts'
import { CAMERA, NUMBERED_CAMERA, startRtspCameras } from '../lib/rtsp-cameras.ts'
import { untilLarge } from '../lib/wall-page.ts'

const ROUNDS = 3
const SECONDS = 20
const SETTLE_MS = 4000
const REACH_MS = 250

/** How much later the pictures of a camera are on the watch page's screen than they come out of an `ffmpeg`, as in cameras-delay. */
export const pageCameraDelay: Benchmark = {
  name: 'page-camera-delay',
  isOfPage: true,
  async run({ workshop, rounds }) {
    const { urls } = await startRtspCameras(workshop, 1)
    const [url = ''] = urls
    const server = await startWithCameras(workshop, { urls, runs: 'on-demand' })
    await using browser = await MeasuredBrowser.launch()
    const raw: { shown: SeenPicture[]; quick: SeenPicture[] }[] = []
    for (let round = 0; round < Math.min(rounds, ROUNDS); round++) {
      const page = await browser.newPage(NUMBERED_CAMERA)
      await page.goto(`http://127.0.0.1:${server.port}/watch/${SITE}/camera-1`)
      await untilLarge(page)
      const [shown, quick] = await Promise.all([
        page.evaluate(readPictures, SECONDS * 1000),
        decodePictures(quickPictureArguments(url), SECONDS),
      ])
      raw.push({ shown, quick })
      await closePage(page)
    }
    const delays = raw.flatMap(({ shown, quick }) => delaysOf(shown, quick, SETTLE_MS))
    return {
      figures: [
        {
          what: `${CAMERA.what} RTSP camera → picture on the screen, watch page`,
          yardstick: '`ffmpeg` alone to its output, 480 px, with what makes it quickest (`low_delay`, one thread)',
          reach: `p95 ≤ ${REACH_MS} ms later`,
          measured: `${toldDelay(delays)} of ${delays.length} pictures`,
          isReached: summary(delays).p95 <= REACH_MS,
        },
      ],
      raw,
    }
  },
}

/** Runs in the page: a picture is on the screen one animation frame after that in which it is found on the canvas. */
async function readPictures(ms: number): Promise<SeenPicture[]> {
  const { bench } = window
  const pictures: SeenPicture[] = []
  const end = performance.now() + ms
  let drawn = bench.largeCode()
  let isNew = false
  while ((await bench.nextFrame()) < end) {
    if (isNew && drawn !== undefined) pictures.push({ number: drawn, at: Date.now() })
    const number = bench.largeCode()
    isNew = number !== drawn
    drawn = number
  }
  return pictures
}
