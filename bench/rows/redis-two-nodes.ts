import { type CrowdFigures, startCrowd } from '../lib/crowd.ts'
import type { Benchmark } from '../lib/figure.ts'
import { startNode, startRedis, untilListed } from '../lib/redis.ts'
import type { MeasuredServer } from '../lib/servers.ts'
import { startSource } from '../lib/source.ts'
import { median } from '../lib/statistics.ts'
import type { Workshop } from '../lib/workshop.ts'

const FPS = 20
const SECONDS = 15
const SETTLE_S = 2
const REACH_MS = 10

/** How much later a frame is seen at another server than at the one that it was published at. */
export const redisTwoNodes: Benchmark = {
  name: 'redis-two-nodes',
  async run({ workshop, rounds }) {
    const redis = await startRedis(workshop)
    const here = await startNode(workshop, redis)
    const elsewhere = await startNode(workshop, redis)
    await startSource(here, { label: 'bench', fps: FPS })
    for (const server of [here, elsewhere]) await untilListed(server, 1)
    // The first time is for the compiler, and does not count.
    await watch(workshop, [here, elsewhere], 2)
    const figures: CrowdFigures[][] = []
    // Both see the same frames in the same seconds, so a busy machine delays both.
    for (let round = 0; round < rounds; round++) figures.push(await watch(workshop, [here, elsewhere], SECONDS))
    const of = (i: number, key: 'p50' | 'p99') => figures.map((each) => each[i]?.ages[key] ?? Number.NaN)
    const told = (key: 'p50' | 'p99') => `${median(of(1, key)).toFixed(1)} ms to ${median(of(0, key)).toFixed(1)} ms`
    const more = median(of(1, 'p99').map((p99, i) => p99 - (of(0, 'p99')[i] ?? Number.NaN)))
    return {
      figures: [
        {
          what: `publish at one server → last byte at a viewer of another, 50 KB × ${FPS}/s, p99`,
          yardstick: 'the same frames at a viewer of the first, with Redis too',
          reach: `≤ its + ${REACH_MS} ms`,
          measured: `+ ${more.toFixed(1)} ms (${told('p99')}; median ${told('p50')})`,
          isReached: more <= REACH_MS,
        },
      ],
      raw: figures,
    }
  },
}

/** Has one viewer at each server for so many seconds. */
async function watch(workshop: Workshop, servers: readonly MeasuredServer[], seconds: number): Promise<CrowdFigures[]> {
  const options = { path: '/ws/labels/bench', count: 1, seconds, settle: SETTLE_S }
  const viewers = await Promise.all(servers.map(({ port }) => startCrowd(workshop, { ...options, port })))
  const figures = await Promise.all(viewers.map((viewer) => viewer.result<CrowdFigures>()))
  for (const viewer of viewers) await viewer.stop()
  return figures
}
