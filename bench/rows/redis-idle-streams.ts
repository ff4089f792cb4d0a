import { startCrowd } from '../lib/crowd.ts'
import { type Benchmark, times } from '../lib/figure.ts'
import { cpuTimesDuring } from '../lib/process-figures.ts'
import { startNode, startRedis, startRedisSource, untilListed } from '../lib/redis.ts'
import { median } from '../lib/statistics.ts'
import type { Workshop } from '../lib/workshop.ts'

const WATCHED = { label: 'bench', streams: 10, fps: 10 }
const VIEWERS = 10
/** Streams that go on while nobody watches, each with a frame a second. */
const OTHERS = { label: 'others', streams: 990, fps: 1 }
/** Of one measurement: so many searches of Redis, of 2 s. */
const SECONDS = 8
const MEASUREMENTS = 3
const SETTLE_S = 5
const REACH = 1.2

/**
 * What streams in Redis cost that nobody watches. Three Redis run at the same time: one with the watched streams alone,
 * one with the others beside them, and one with the others alone and no server, which tells what writing those costs.
 */
export const redisIdleStreams: Benchmark = {
  name: 'redis-idle-streams',
  mostMinutes: 8,
  async run({ workshop, rounds }) {
    const few = await startSide(workshop, false)
    const many = await startSide(workshop, true)
    const unread = await startRedis(workshop)
    await startRedisSource(unread, OTHERS)
    const pids = [few.redis, few.server, many.redis, many.server, unread].map(({ program }) => program.pid)
    const seconds: number[][] = []
    await cpuTimesDuring(pids, SETTLE_S)
    for (let i = 0; i < MEASUREMENTS * rounds; i++)
      seconds.push((await cpuTimesDuring(pids, SECONDS)).map((time) => time / SECONDS))
    const inRedis = seconds.map(([a = Number.NaN, , b = Number.NaN, , rest = Number.NaN]) => ({
      few: a,
      many: b - rest,
    }))
    const inServer = seconds.map(([, a = Number.NaN, , b = Number.NaN]) => ({ few: a, many: b }))
    const figure = (what: string, costs: readonly { readonly few: number; readonly many: number }[]) => {
      const ratio = median(costs.map(({ few: less, many: more }) => more / less))
      const told = (key: 'few' | 'many') => `${(median(costs.map((cost) => cost[key])) / 1000).toFixed(1)} ms`
      return {
        what: `${what} CPU, ${WATCHED.streams + OTHERS.streams} streams that go on in Redis, ${WATCHED.streams} of them watched`,
        yardstick: `the same ${WATCHED.streams} streams alone`,
        reach: `≤ ${REACH} ×`,
        measured: `${times(ratio)} (${told('many')} to ${told('few')} a second)`,
        isReached: ratio <= REACH,
      }
    }
    return {
      figures: [figure('Redis', inRedis), figure('server', inServer)],
      raw: { inRedis, inServer },
    }
  },
}

/** A Redis with the watched streams, a server, and its viewers. @param hasOthers whether the others are in it as well */
async function startSide(workshop: Workshop, hasOthers: boolean) {
  const redis = await startRedis(workshop)
  await startRedisSource(redis, WATCHED)
  if (hasOthers) await startRedisSource(redis, OTHERS)
  const server = await startNode(workshop, redis)
  await untilListed(server, WATCHED.streams + (hasOthers ? OTHERS.streams : 0))
  await startCrowd(workshop, { port: server.port, path: '/ws/labels/bench', count: VIEWERS, seconds: 3600 })
  return { redis, server }
}
