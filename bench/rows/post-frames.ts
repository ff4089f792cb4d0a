import { type Benchmark, times } from '../lib/figure.ts'
import { cpuTimeEach, postDispatch } from '../lib/load.ts'
import { startBelvedere, startYardstick } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'

const REACH = 3
const CONNECTIONS = 4

/** What taking a picture costs over HTTP. */
export const postFrames: Benchmark = {
  name: 'post-frames',
  async run({ workshop, rounds }) {
    const belvedere = await startBelvedere(workshop)
    const bare = await startYardstick('http-body')
    const run = { connections: CONNECTIONS, seconds: 2.5, warmUp: 0.5 }
    const warmUp = { connections: CONNECTIONS, seconds: 1, warmUp: 1 }
    await cpuTimeEach(belvedere, postDispatch(belvedere.port), warmUp)
    await cpuTimeEach(bare, postDispatch(bare.port), warmUp)
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 0; round < rounds; round++) {
      ours.push(await cpuTimeEach(belvedere, postDispatch(belvedere.port), run))
      theirs.push(await cpuTimeEach(bare, postDispatch(bare.port), run))
    }
    const ratio = median(ratios(ours, theirs))
    return {
      figures: [
        {
          what: '`POST /frames`, 50 KB: server CPU a request',
          yardstick: 'a bare Node HTTP server that reads the body',
          reach: `≤ ${REACH} ×`,
          measured: `${times(ratio)} (${median(ours).toFixed(0)} µs to ${median(theirs).toFixed(0)} µs)`,
          isReached: ratio <= REACH,
        },
      ],
      raw: { ours, theirs },
    }
  },
}
