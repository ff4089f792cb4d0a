import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveClient } from '../../client/index.ts'
import { SITE, startWithCameras, untilCameras } from '../lib/cameras.ts'
import { copyArguments, startFfmpeg, TILE } from '../lib/ffmpeg.ts'
import type { Benchmark, Figure } from '../lib/figure.ts'
import { openLiveClient } from '../lib/live-client.ts'
import { CAMERA, KEY_FRAME_MS, startRtspCameras } from '../lib/rtsp-cameras.ts'
import { median } from '../lib/statistics.ts'

/** In a round. */
const TRIES = 5
const REACH_FIRST_MS = 1000 + KEY_FRAME_MS
const REACH_SECOND_MS = 200
const PATIENCE_MS = 20_000

/**
 * How soon a viewer sees a camera, from its watch on an open connection to the whole message. Another program pulls the camera
 * all the time: for a server that is its only reader the video would begin with a key frame.
 */
export const camerasFirst: Benchmark = {
  name: 'cameras-first',
  async run({ workshop, rounds }) {
    const { urls } = await startRtspCameras(workshop, 1)
    const reader = startFfmpeg(copyArguments(urls[0] ?? ''))
    const flags = ['--cameras.close_after_s', '0']
    const raw = { first: [] as number[], second: [] as number[], always: [] as number[] }
    const onDemand = await startWithCameras(workshop, { urls, runs: 'on-demand', flags })
    const always = await startWithCameras(workshop, { urls, runs: 'always', flags })
    await untilCameras(always, { state: 'live' })
    const [one, other, third] = [onDemand, onDemand, always].map(({ port }) => openLiveClient(port))
    if (!one || !other || !third) throw new Error('unreachable')
    for (const client of [one, other, third]) await connected(client)
    for (let i = 0; i < TRIES * rounds; i++) {
      // At any time between two key frames.
      await sleep(KEY_FRAME_MS * Math.random())
      const first = await firstPicture(one, 0)
      raw.first.push(first.took)
      await sleep(KEY_FRAME_MS * Math.random())
      const second = await firstPicture(other, FRESH_MS)
      raw.second.push(second.took)
      for (const { leave } of [first, second]) leave()
      const alone = await firstPicture(third, 0)
      raw.always.push(alone.took)
      alone.leave()
      await untilCameras(onDemand, { state: 'idle' })
      await untilCameras(always, { is_decoding: false })
    }
    await reader.stop()
    for (const client of [one, other, third]) client.disconnect()
    const figure = (what: string, times: readonly number[], reach?: number): Figure => ({
      what: `${CAMERA.what} RTSP camera with a key frame a second, ${what}: first picture`,
      yardstick: '–',
      reach: reach === undefined ? '–' : `≤ ${reach} ms`,
      measured: `the latest of ${times.length} ${Math.max(...times).toFixed(0)} ms (median ${median(times).toFixed(0)} ms)`,
      ...(reach !== undefined && { isReached: Math.max(...times) <= reach }),
    })
    return {
      figures: [
        figure('on demand, after its first viewer', raw.first, REACH_FIRST_MS),
        figure('on demand, after a second viewer', raw.second, REACH_SECOND_MS),
        figure('always pulled, after its first viewer', raw.always),
      ],
      raw,
    }
  },
}

/** How old the picture may be that a second viewer begins with, ms: the newest there is, and one that is on its way. */
const FRESH_MS = 2000 / TILE.fps

async function connected(client: LiveClient): Promise<void> {
  if (client.state !== 'connected') await new Promise<void>((resolve) => client.on('connected', () => resolve()))
}

/** Watches. @param mostAge how long before the watch a picture may have been received that counts, ms; older ones are not waited for */
function firstPicture(client: LiveClient, mostAge: number): Promise<{ took: number; leave: () => void }> {
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(`no picture within ${PATIENCE_MS} ms`)), PATIENCE_MS)
    const [asked, from] = [performance.now(), Date.now() - mostAge]
    const watch = client.watch({
      label: SITE,
      width: TILE.width,
      maxFps: TILE.fps,
      onFrame({ receivedAt }) {
        if (receivedAt < from) return
        clearTimeout(patience)
        resolve({ took: performance.now() - asked, leave: () => watch.end() })
      },
    })
  })
}
