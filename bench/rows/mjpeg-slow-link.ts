import { setTimeout as sleep } from 'node:timers/promises'
import type { Benchmark } from '../lib/figure.ts'
import { MjpegWatcher } from '../lib/mjpeg-watcher.ts'
import { startBelvedere, startRelay } from '../lib/servers.ts'
import { startSource } from '../lib/source.ts'
import { quantile } from '../lib/statistics.ts'

const FPS = 30
/** Bytes a second of the link, ten frames. */
const LINK = 500_000
/** Buffers take a while to fill, so the first seconds always look good. */
const SETTLE_S = 30
const MEASURE_S = 20
const REACH_MS = 1000
const REACH_FPS = 9

/** How old the pictures are in an MJPEG response behind a slow link. */
export const mjpegSlowLink: Benchmark = {
  name: 'mjpeg-slow-link',
  async run({ workshop }) {
    const belvedere = await startBelvedere(workshop)
    await startSource(belvedere, { label: 'bench', fps: FPS })
    const relay = await startRelay(workshop, belvedere.port, LINK)
    const watcher = await MjpegWatcher.open(relay.port, '/streams/bench/camera-0/mjpeg')
    await sleep((SETTLE_S + MEASURE_S) * 1000)
    const now = performance.now()
    const deliveries = watcher.between(now - MEASURE_S * 1000, now)
    watcher.close()
    const ages = deliveries.map(({ age }) => age)
    const [fps, p50, p99] = [deliveries.length / MEASURE_S, quantile(ages, 0.5), quantile(ages, 0.99)]
    return {
      figures: [
        {
          what: 'age of what is seen behind a 500 KB/s link, 50 KB × 30/s, after 30 s, MJPEG',
          yardstick: "the link's own limit, ten frames a second",
          reach: `p99 ≤ ${REACH_MS} ms at ≥ ${REACH_FPS} frames/s`,
          measured: `p99 ${p99.toFixed(0)} ms (median ${p50.toFixed(0)} ms) at ${fps.toFixed(1)} frames/s`,
          isReached: p99 <= REACH_MS && fps >= REACH_FPS,
        },
      ],
      raw: { fps, p50, p99, ages },
    }
  },
}
