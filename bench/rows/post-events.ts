import { join } from 'node:path'
import { type Benchmark, times } from '../lib/figure.ts'
import { type Dispatch, throughput } from '../lib/load.ts'
import { PUBLISH_KEY, startBelvedere, startYardstick } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'

const PUBLISHERS = 16
const REACH = 0.5
const RUN = { connections: PUBLISHERS, seconds: 4, warmUp: 1 }

/** How many events can be published a second, each acknowledged when it is on the disk. */
export const postEvents: Benchmark = {
  name: 'post-events',
  async run({ workshop, rounds }) {
    const belvedere = await startBelvedere(workshop, { flags: ['--limits.events_per_minute', '1000000'] })
    const bare = await startYardstick('post-events', [join(workshop.folder, 'bare.db')])
    const ours: { perSecond: number; p99: number }[] = []
    const theirs: { perSecond: number; p99: number }[] = []
    for (let round = 0; round < rounds; round++) {
      ours.push(await throughput(belvedere, eventDispatch(belvedere.port), RUN))
      theirs.push(await throughput(bare, eventDispatch(bare.port), RUN))
    }
    const of = (figures: typeof ours, key: 'perSecond' | 'p99') => median(figures.map((each) => each[key]))
    const perSecond = (figures: typeof ours) => figures.map((each) => each.perSecond)
    const ratio = median(ratios(perSecond(ours), perSecond(theirs)))
    const each = (figures: typeof ours) =>
      `${of(figures, 'perSecond').toFixed(0)}/s, p99 ${of(figures, 'p99').toFixed(1)} ms`
    return {
      figures: [
        {
          what: `\`POST /events\`, acknowledged when on the disk, ${PUBLISHERS} publishers`,
          yardstick: 'a bare Fastify route with the same commits',
          reach: `≥ ${REACH} ×`,
          measured: `${times(ratio)} (${each(ours)} to ${each(theirs)})`,
          isReached: ratio >= REACH,
        },
      ],
      raw: { ours, theirs },
    }
  },
}

function eventDispatch(port: number): Dispatch {
  const data = { camera: 'gate', confidence: 0.93, box: [0.1, 0.2, 0.3, 0.4] }
  const body = JSON.stringify({ type: 'person_seen', source: 'bench', label: 'bench', priority: 'NORMAL', data })
  const head = [
    'POST /events HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${PUBLISH_KEY}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '\r\n',
  ].join('\r\n')
  return { request: Buffer.from(head + body), answer: '"id"' }
}
