import { costsOfDeliveries, costsOfIntake, type DeliveryCost } from '../lib/delivery-cost.ts'
import { type Benchmark, times } from '../lib/figure.ts'
import { startNode, startRedis } from '../lib/redis.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { startSource } from '../lib/source.ts'
import { median, ratios } from '../lib/statistics.ts'

const VIEWERS = 200
const FPS = 30
const REACH = 1.1

/** Whether a delivery costs more where the frames are stored in Redis as well. */
export const redisCost: Benchmark = {
  name: 'redis-cost',
  async run({ workshop, rounds }) {
    const withRedis = await startNode(workshop, await startRedis(workshop))
    const without = await startBelvedere(workshop)
    const measure = async (server: MeasuredServer): Promise<DeliveryCost> => {
      const { port, program } = server
      const source = await startSource(server, { label: 'bench', fps: FPS })
      try {
        const intakes = await costsOfIntake([program])
        const watching = { port, path: '/ws/labels/bench', viewers: VIEWERS, programs: [program], intakes }
        const [cost] = (await costsOfDeliveries(workshop, watching)).costs
        if (!cost) throw new Error('nothing was measured')
        return cost
      } finally {
        await source.stop()
      }
    }
    const on: DeliveryCost[] = []
    const off: DeliveryCost[] = []
    // The first time is for the compiler and the allocator, and does not count.
    await measure(withRedis)
    await measure(without)
    for (let round = 0; round < rounds; round++) {
      on.push(await measure(withRedis))
      off.push(await measure(without))
    }
    const each = (costs: readonly DeliveryCost[]) => costs.map(({ delivery }) => delivery)
    const all = (costs: readonly DeliveryCost[]) => costs.map(({ delivery, intake }) => delivery + intake)
    const ratio = median(ratios(each(on), each(off)))
    return {
      figures: [
        {
          what: `server CPU for each delivered 50 KB frame, ${VIEWERS} viewers × ${FPS}/s, frames stored in Redis`,
          yardstick: 'the same server without Redis',
          reach: `≤ ${REACH} ×`,
          measured:
            `${times(ratio)} (${median(each(on)).toFixed(1)} µs to ${median(each(off)).toFixed(1)} µs); ` +
            `including ingest ${times(median(ratios(all(on), all(off))))}`,
          isReached: ratio <= REACH,
        },
      ],
      raw: { on, off },
    }
  },
}
