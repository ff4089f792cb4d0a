import { type Benchmark, times } from '../lib/figure.ts'
import { cpuTimeEach, socketDispatch } from '../lib/load.ts'
import { startBelvedere, startYardstick } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'

const REACH = 1.5
const CONNECTIONS = 4

/** What taking a picture costs on a publish socket. */
export const publishSocket: Benchmark = {
  name: 'publish-socket',
  async run({ workshop, rounds }) {
    const belvedere = await startBelvedere(workshop)
    const bare = await startYardstick('ws-answer')
    const run = { connections: CONNECTIONS, seconds: 2.5, warmUp: 0.5 }
    const warmUp = { connections: CONNECTIONS, seconds: 1, warmUp: 1 }
    await cpuTimeEach(belvedere, socketDispatch(belvedere.port), warmUp)
    await cpuTimeEach(bare, socketDispatch(bare.port), warmUp)
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 0; round < rounds; round++) {
      ours.push(await cpuTimeEach(belvedere, socketDispatch(belvedere.port), run))
      theirs.push(await cpuTimeEach(bare, socketDispatch(bare.port), run))
    }
    const ratio = median(ratios(ours, theirs))
    return {
      figures: [
        {
          what: '`WS /ws/frames`, 50 KB: server CPU a message',
          yardstick: 'a bare `ws` server that answers',
          reach: `≤ ${REACH} ×`,
          measured: `${times(ratio)} (${median(ours).toFixed(0)} µs to ${median(theirs).toFixed(0)} µs)`,
          isReached: ratio <= REACH,
        },
      ],
      raw: { ours, theirs },
    }
  },
}
