import { setTimeout as sleep } from 'node:timers/promises'
import type { Benchmark, Figure } from '../lib/figure.ts'
import { startBelvedere, startRelay } from '../lib/servers.ts'
import { startSource } from '../lib/source.ts'
import { type Delivery, Watcher } from '../lib/watcher.ts'

const STREAMS = 16
const FPS = 10
const LINK = 500_000
const SETTLE_S = 5
const MEASURE_S = 64
const REACH = 0.2

/**
 * Whether every stream gets its share of a link that is too slow for all. With 50 KB the link carries less than one
 * frame a second of each, which takes long to count; with 5 KB six, of the ten that there are.
 */
export const fairness: Benchmark = {
  name: 'fairness',
  async run({ workshop }) {
    const belvedere = await startBelvedere(workshop)
    const relay = await startRelay(workshop, belvedere.port, LINK)
    const sizes = [50_000, 5_000]
    const watchers: Watcher[] = []
    for (const bytes of sizes) {
      const label = `bench-${bytes}`
      await startSource(belvedere, { label, streams: STREAMS, fps: FPS, bytes })
      watchers.push(await Watcher.openLive(relay.port, label))
    }
    await sleep((SETTLE_S + MEASURE_S) * 1000)
    const now = performance.now()
    const figures: Figure[] = []
    const raw: object[] = []
    for (const [i, watcher] of watchers.entries()) {
      const deliveries = watcher.between(now - MEASURE_S * 1000, now)
      watcher.close()
      const bytes = sizes[i] ?? 0
      const shares = sharesOf(deliveries)
      const worst = Math.max(...shares.map((share) => Math.abs(share - 1)))
      figures.push({
        what: `${STREAMS} streams × ${FPS}/s of ${bytes / 1000} KB through that link on one \`/ws/live\``,
        yardstick: '–',
        reach: 'none starved: each within 20 % of its share',
        measured: `each within ${(100 * worst).toFixed(1)} % (${deliveries.length} frames in ${MEASURE_S} s)`,
        isReached: shares.length === STREAMS && worst <= REACH,
      })
      raw.push({ bytes, shares, frames: deliveries.length, ages: deliveries.map(({ age }) => age) })
    }
    return { figures, raw }
  },
}

/** Of each stream, its deliveries ÷ what it would have if all were equal. */
function sharesOf(deliveries: readonly Delivery[]): number[] {
  const counts = new Map<string | undefined, number>()
  for (const { key } of deliveries) counts.set(key, (counts.get(key) ?? 0) + 1)
  return [...counts.values()].map((count) => (count * STREAMS) / deliveries.length)
}
