import { execFileSync } from 'node:child_process'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Acknowledged, HONEST_LABEL, prepareAttack } from '../../test/support/hostile-setup.ts'
import type { Benchmark } from '../lib/figure.ts'
import { Counts } from '../lib/metrics.ts'
import { residentBytes } from '../lib/process-figures.ts'
import { Program } from '../lib/program.ts'
import { ADMIN_PASSWORD, startBelvedere } from '../lib/servers.ts'
import { startSource } from '../lib/source.ts'
import { quantile } from '../lib/statistics.ts'
import { Watcher } from '../lib/watcher.ts'

/** The attack, in seconds; shorter for a trial. */
const HOSTILE_S = Number(process.env.BENCH_HOSTILE_S ?? 3600)
/** Before it the same without attackers. */
const CALM_S = 60
const VIEWERS = 50
const FPS = 10
const SERVER_CORE = 0
const ATTACKERS_CORE = 1
const REACH_TIMES = 3
const REACH_MS = 500
const REACH_BYTES = 2_000_000_000
/** Of the honest clients and the server, which inherits it: needs root. */
const HONEST_PRIORITY = -10
const SLICE_MS = 10_000
/** The last events of an honest label that must be there, of the hundred that are kept in memory. */
const KEPT_EVENTS = 20

/**
 * A hostile hour: guests, a share link, a user of one label and strangers do everything in test/support/attacks.ts at
 * once, from processes on one core, while the server on the other serves an honest publisher and fifty viewers.
 */
export const hostileHour: Benchmark = {
  name: 'hostile-hour',
  isOnlyByName: true,
  mostMinutes: HOSTILE_S / 60 + 10,
  async run({ workshop }) {
    // Who measures shares a core with the attackers, and must not wait for them: that would measure how they compete.
    execFileSync('taskset', ['-cp', String(ATTACKERS_CORE), String(process.pid)])
    setPriority(HONEST_PRIORITY)
    const belvedere = await startBelvedere(workshop, {
      core: SERVER_CORE,
      hasLimits: true,
      flags: ['--access.anonymous', 'none'],
    })
    const { admin, ...target } = await prepareAttack(belvedere.port, ADMIN_PASSWORD)
    await startSource(belvedere, { label: HONEST_LABEL, fps: FPS })
    const viewers: Watcher[] = []
    for (let i = 0; i < VIEWERS; i++)
      viewers.push(await Watcher.open(belvedere.port, `/ws/labels/${HONEST_LABEL}?token=${admin}`))
    await sleep(3000)
    const calm = await agesDuring(viewers, CALM_S)
    const attackers = new Program('taskset', [
      ...['-c', String(ATTACKERS_CORE), 'nice', '-n', '19', process.execPath],
      ...[join(import.meta.dirname, '../../test/support/attackers.ts'), JSON.stringify(target)],
    ])
    await attackers.line(/^attacking$/)
    const acknowledged = new Acknowledged(belvedere.port, admin)
    let mostResident = 0
    let isOver = false
    const honest = (async () => {
      for (let i = 0; !isOver; i++) {
        await acknowledged.sendEvent(i)
        if (i % 10 === 0) await acknowledged.addUser(i)
        // Not from /metrics: reading thousands of lines would hold up the viewers in this process.
        mostResident = Math.max(mostResident, residentBytes(belvedere.program.pid))
        await sleep(1000)
      }
    })()
    const hostile = await agesDuring(viewers, HOSTILE_S)
    isOver = true
    await honest
    const counts = await Counts.of(belvedere, admin)
    const missing = await acknowledged.missing(KEPT_EVENTS)
    const stopped = attackers.stop()
    const answers = await attackers.result()
    await stopped
    const limit = Math.min(REACH_TIMES * calm.p99, REACH_MS)
    const lost = missing.users + missing.events
    const what = `a hostile ${HOSTILE_S === 3600 ? 'hour' : `${HOSTILE_S} s`}: an honest publisher of ${FPS}/s and ${VIEWERS} viewers`
    return {
      figures: [
        {
          what: `${what}: age p99`,
          yardstick: `the same without attackers: p50 ${calm.p50.toFixed(0)}, p99 ${calm.p99.toFixed(0)} ms`,
          reach: `≤ ${REACH_TIMES} ×, ≤ ${REACH_MS} ms`,
          measured: `p50 ${hostile.p50.toFixed(0)}, p99 ${hostile.p99.toFixed(0)} ms (${hostile.frames} frames, max ${hostile.max.toFixed(0)})`,
          isReached: hostile.p99 <= limit && hostile.frames > 0.9 * VIEWERS * FPS * HOSTILE_S,
        },
        {
          what: 'the same: memory of the process',
          yardstick: '–',
          reach: `≤ ${REACH_BYTES / 1e9} GB`,
          measured: `at most ${(mostResident / 1e6).toFixed(0)} MB`,
          isReached: mostResident <= REACH_BYTES,
        },
        {
          what: 'the same: lost of what was acknowledged to honest clients',
          yardstick: '–',
          reach: '0',
          measured: `${lost} of ${missing.of}; refused or failed: ${acknowledged.failures.length}`,
          isReached: lost === 0 && acknowledged.failures.length === 0,
        },
      ],
      raw: {
        calm,
        hostile,
        mostResident,
        missing,
        failures: acknowledged.failures.slice(0, 20),
        answers,
        limits: counts.all('belvedere_limited_total'),
      },
    }
  },
}

/** The ages of what the viewers get in a period, ms. */
async function agesDuring(viewers: readonly Watcher[], seconds: number) {
  const begin = performance.now()
  await sleep(seconds * 1000)
  const deliveries = viewers.flatMap((viewer) => viewer.between(begin, performance.now()))
  const ages = deliveries.map(({ age }) => age)
  const slices = Map.groupBy(deliveries, ({ at }) => Math.floor((at - begin) / SLICE_MS))
  return {
    /** p99 of each ten seconds. */
    p99s: [...slices.values()].map((slice) =>
      quantile(
        slice.map(({ age }) => age),
        0.99,
      ),
    ),
    frames: ages.length,
    p50: quantile(ages, 0.5),
    p99: quantile(ages, 0.99),
    max: ages.reduce((max, age) => Math.max(max, age), 0),
  }
}
