import type { CrowdFigures } from '../lib/crowd.ts'
import { COUNTED_S, costsOfDeliveries, costsOfIntake, type DeliveryCost } from '../lib/delivery-cost.ts'
import type { Benchmark } from '../lib/figure.ts'
import { startNode, startRedis, startRedisSource, untilListed } from '../lib/redis.ts'
import { type MeasuredServer, startYardstick } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'

const VIEWERS = 200
const STREAMS = 4
const FPS = 10
const REACH_REDIS = 50
const REACH_SERVER = 5

/** What one frame to one viewer costs in Redis and in the server, where others write the frames into Redis. */
export const redisFanOut: Benchmark = {
  name: 'redis-fan-out',
  async run({ workshop, rounds }) {
    const redis = await startRedis(workshop)
    await startRedisSource(redis, { label: 'bench', streams: STREAMS, fps: FPS })
    const belvedere = await startNode(workshop, redis)
    await untilListed(belvedere, STREAMS)
    const polling = await startYardstick('redis-polling', [redis.url])
    const measure = async ({ port, program }: MeasuredServer): Promise<Cost> => {
      const programs = [redis.program, program]
      const watching = { port, path: '/ws/labels/bench', viewers: VIEWERS, programs }
      const intakes = await costsOfIntake(programs)
      const { costs, crowd } = await costsOfDeliveries(workshop, { ...watching, intakes })
      const [inRedis, inServer] = costs
      if (!inRedis || !inServer) throw new Error('nothing was measured')
      return { redis: inRedis, server: inServer, crowd }
    }
    const ours: Cost[] = []
    const theirs: Cost[] = []
    // The first time is for the compiler and the allocator, and does not count.
    await measure(belvedere)
    for (let round = 0; round < rounds; round++) {
      ours.push(await measure(belvedere))
      theirs.push(await measure(polling))
    }
    const figure = (where: 'redis' | 'server', reach: number, program: string) => {
      const each = (costs: readonly Cost[]) => costs.map((cost) => cost[where].delivery)
      const all = (costs: readonly Cost[]) => costs.map((cost) => cost[where].delivery + cost[where].intake)
      const less = median(ratios(each(theirs), each(ours)))
      return {
        what: `${program} CPU for each delivered 50 KB frame, ${VIEWERS} viewers of ${STREAMS} streams × ${FPS}/s in Redis`,
        yardstick: `each viewer asks for each stream's newest entry ten times a second`,
        reach: `≥ ${reach} × less`,
        measured:
          `${less.toFixed(0)} × less (${median(each(ours)).toFixed(2)} µs to ${median(each(theirs)).toFixed(1)} µs; ` +
          `including ingest ${median(ratios(all(theirs), all(ours))).toFixed(0)} ×; ${rate(ours)} to ${rate(theirs)} frames/s)`,
        isReached: less >= reach,
      }
    }
    return {
      figures: [figure('redis', REACH_REDIS, 'Redis'), figure('server', REACH_SERVER, 'server')],
      raw: { ours, theirs },
    }
  },
}

interface Cost {
  readonly redis: DeliveryCost
  readonly server: DeliveryCost
  readonly crowd: CrowdFigures
}

/** What all viewers together got a second. */
function rate(costs: readonly Cost[]): string {
  return median(costs.map(({ crowd }) => crowd.frames / COUNTED_S)).toFixed(0)
}
