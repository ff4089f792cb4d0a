import { setTimeout as sleep } from 'node:timers/promises'
import type { Benchmark } from '../lib/figure.ts'
import { FRAME_BYTES } from '../lib/picture.ts'
import { startBelvedere, startRelay, startYardstick } from '../lib/servers.ts'
import { startSource } from '../lib/source.ts'
import { quantile } from '../lib/statistics.ts'
import { Watcher } from '../lib/watcher.ts'

const FPS = 30
/** Bytes a second of the link, ten frames. */
const LINK = 500_000
/** Buffers take a while to fill, so the first seconds always look good. */
const SETTLE_S = 30
const MEASURE_S = 20
const REACH_MS = 300
const REACH_FPS = 9

/** How old the pictures are that a viewer behind a slow link sees. */
export const slowLink: Benchmark = {
  name: 'slow-link',
  async run({ workshop }) {
    const belvedere = await startBelvedere(workshop)
    const drained = await startYardstick('broadcast', ['drained', FRAME_BYTES, FPS])
    await startSource(belvedere, { label: 'bench', fps: FPS })
    // Each connection through the relay is a link of its own.
    const toOurs = await startRelay(workshop, belvedere.port, LINK)
    const toTheirs = await startRelay(workshop, drained.port, LINK)
    const watchers = {
      labels: await Watcher.open(toOurs.port, '/ws/labels/bench'),
      live: await Watcher.openLive(toOurs.port, 'bench'),
      drained: await Watcher.open(toTheirs.port, '/'),
    }
    await sleep((SETTLE_S + MEASURE_S) * 1000)
    const now = performance.now()
    const seen = (watcher: Watcher) => {
      const deliveries = watcher.between(now - MEASURE_S * 1000, now)
      const ages = deliveries.map(({ age }) => age)
      watcher.close()
      return { fps: deliveries.length / MEASURE_S, p50: quantile(ages, 0.5), p99: quantile(ages, 0.99), ages }
    }
    const raw = { labels: seen(watchers.labels), live: seen(watchers.live), drained: seen(watchers.drained) }
    const what = 'age of what is seen behind a 500 KB/s link, 50 KB × 30/s, after 30 s'
    const yardstick = "the link's own limit, ten frames a second"
    const told = ({ p50, p99, fps }: (typeof raw)['labels']) =>
      `p99 ${p99.toFixed(0)} ms (median ${p50.toFixed(0)} ms) at ${fps.toFixed(1)} frames/s`
    const figure = (path: string, figures: (typeof raw)['labels']) => ({
      what: `${what}, \`${path}\``,
      yardstick,
      reach: `p99 ≤ ${REACH_MS} ms at ≥ ${REACH_FPS} frames/s`,
      measured: told(figures),
      isReached: figures.p99 <= REACH_MS && figures.fps >= REACH_FPS,
    })
    return {
      figures: [
        figure('/ws/labels', raw.labels),
        figure('/ws/live', raw.live),
        {
          what: 'for comparison: a bare `ws` server that sends when `bufferedAmount` is 0',
          yardstick,
          reach: '–',
          measured: told(raw.drained),
        },
      ],
      raw,
    }
  },
}
