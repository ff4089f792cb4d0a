import { startBeamline } from '../lib/beamline.ts'
import { type CrowdFigures, startCrowd } from '../lib/crowd.ts'
import type { Benchmark } from '../lib/figure.ts'
import { cpuTimesDuring } from '../lib/process-figures.ts'
import { startBelvedere } from '../lib/servers.ts'
import { median } from '../lib/statistics.ts'

const PULSES = 100
const VIEWERS = 20
const FPS = 25
const SETTLE_S = 4
const MEASURE_S = 6
const REACH_CPU = 80
const REACH_PULSES = 2
const REACH_RATE = 0.95 * FPS
const WATCH = { type: 'watch', id: 1, label: 'beamline', max_fps: FPS, values: 'u8' }

/** What it costs to send many viewers the values of an instrument, quantised, and how old these are. */
export const rawU8: Benchmark = {
  name: 'raw-u8',
  async run({ workshop, rounds }) {
    const { port: source } = await startBeamline(PULSES)
    const { program, port } = await startBelvedere(workshop, { flags: ['--source-port', source] })
    const raw: Round[] = []
    for (let round = 0; round < rounds; round++) {
      const watching = { path: '/ws/live', count: VIEWERS, settle: SETTLE_S, seconds: MEASURE_S, watch: WATCH }
      const crowd = await startCrowd(workshop, { port, ...watching })
      const [used = Number.NaN] = await cpuTimesDuring([program.pid], MEASURE_S)
      raw.push({ cpu: used / MEASURE_S / 1e4, crowd: await crowd.result<CrowdFigures>() })
    }
    const of = (value: (round: Round) => number) => median(raw.map(value))
    const cpu = of((round) => round.cpu)
    const pulses = (age: 'p50' | 'p99' | 'max') => of(({ crowd }) => (crowd.ages[age] * PULSES) / 1000)
    const seen = of(({ crowd }) => (crowd.seen.p99 * PULSES) / 1000)
    const rate = of(({ crowd }) => crowd.frames / VIEWERS / MEASURE_S)
    const what = `640 × 480 float64 × ${PULSES}/s, ${VIEWERS} viewers of its values in 8 bits × ${FPS}/s on \`/ws/live\``
    return {
      figures: [
        {
          what: `${what}: CPU time of the whole server`,
          yardstick: '–',
          reach: `≤ ${REACH_CPU} % of a core`,
          measured: `${cpu.toFixed(0)} %, at ${rate.toFixed(1)}/s each`,
          // A server that sends less also uses less.
          isReached: cpu <= REACH_CPU && rate >= REACH_RATE,
        },
        {
          what: `${what}: pulses since that of a frame when it is sent, p99`,
          yardstick: '–',
          reach: `≤ ${REACH_PULSES}`,
          measured: `${pulses('p99').toFixed(1)} (median ${pulses('p50').toFixed(1)}, at most ${pulses('max').toFixed(1)}; when a viewer has read its first bytes, p99 ${seen.toFixed(1)})`,
          isReached: pulses('p99') <= REACH_PULSES && rate >= REACH_RATE,
        },
      ],
      raw,
    }
  },
}

interface Round {
  /** % of a core. */
  readonly cpu: number
  readonly crowd: CrowdFigures
}
