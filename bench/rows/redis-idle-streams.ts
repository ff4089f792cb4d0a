import { startCrowd } from '../lib/crowd.ts'
import { type Benchmark, times } from '../lib/figure.ts'
import { cpuTimesDuring } from '../lib/process-figures.ts'
import { startNode, startRedis, startRedisSource, untilListed } from '../lib/redis.ts'
import { median } from '../lib/statistics.ts'
import type { Workshop } from '../lib/workshop.ts'

const WATCHED = { label: 'bench', streams: 10, fps: 10 }
const VIEWERS = 10
/** Streams that nobody watches; where they go on, each has a frame a second. */
const OTHERS = { label: 'others', streams: 990, fps: 1 }
/** Of one measurement: so many searches of Redis, of 2 s. */
const SECONDS = 8
const MEASUREMENTS = 3
const SETTLE_S = 10
const REACH = 1.2

/**
 * What streams in Redis cost that nobody watches. Four Redis run at the same time: one with the watched streams alone, one
 * with the others beside them that are silent, one with the others going on, and one with these alone and no server, which
 * tells what writing them costs.
 */
export const redisIdleStreams: Benchmark = {
  name: 'redis-idle-streams',
  mostMinutes: 8,
  async run({ workshop, rounds }) {
    const alone = await startSide(workshop, 'none')
    const silent = await startSide(workshop, 'silent')
    const live = await startSide(workshop, 'live')
    const unread = await startRedis(workshop)
    await startRedisSource(unread, OTHERS)
    const sides = [alone, silent, live]
    const pids = [...sides.map(({ redis }) => redis), ...sides.map(({ server }) => server), unread].map(
      ({ program }) => program.pid,
    )
    const costs: Costs[] = []
    await cpuTimesDuring(pids, SETTLE_S)
    for (let i = 0; i < MEASUREMENTS * rounds; i++) {
      const times = (await cpuTimesDuring(pids, SECONDS)).map((time) => time / SECONDS / 1000)
      const [r0 = 0, r1 = 0, r2 = 0, s0 = 0, s1 = 0, s2 = 0, written = 0] = times
      costs.push({ redis: { alone: r0, silent: r1, live: r2 - written }, server: { alone: s0, silent: s1, live: s2 } })
    }
    const figure = (where: 'redis' | 'server', others: 'silent' | 'live') => {
      const ratio = median(costs.map((cost) => cost[where][others] / cost[where].alone))
      const told = (which: keyof SideCosts) => `${median(costs.map((cost) => cost[where][which])).toFixed(1)} ms`
      return {
        what:
          `${where === 'redis' ? 'Redis' : 'server'} CPU, ${WATCHED.streams} streams × ${WATCHED.fps}/s watched, beside ` +
          `${OTHERS.streams} ${others === 'silent' ? 'silent ones' : `that go on with ${OTHERS.fps}/s`}`,
        yardstick: `the ${WATCHED.streams} streams alone`,
        reach: `≤ ${REACH} ×`,
        measured: `${times(ratio)} (${told(others)} to ${told('alone')} a second)`,
        isReached: ratio <= REACH,
      }
    }
    return {
      figures: [
        figure('redis', 'silent'),
        figure('server', 'silent'),
        figure('redis', 'live'),
        figure('server', 'live'),
      ],
      raw: costs,
    }
  },
}

/** CPU time by what is there beside the watched streams, ms a second. */
interface SideCosts {
  readonly alone: number
  readonly silent: number
  readonly live: number
}

interface Costs {
  readonly redis: SideCosts
  readonly server: SideCosts
}

/** A Redis with the watched streams, a server, and its viewers. @param others what else is in it */
async function startSide(workshop: Workshop, others: 'none' | 'silent' | 'live') {
  const redis = await startRedis(workshop)
  await startRedisSource(redis, WATCHED)
  if (others !== 'none') {
    const source = await startRedisSource(redis, OTHERS)
    if (others === 'silent') await source.stop()
  }
  const server = await startNode(workshop, redis)
  await untilListed(server, WATCHED.streams + (others === 'none' ? 0 : OTHERS.streams))
  await startCrowd(workshop, { port: server.port, path: '/ws/labels/bench', count: VIEWERS, seconds: 3600 })
  return { redis, server }
}
