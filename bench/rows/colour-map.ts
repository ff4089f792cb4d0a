import { join } from 'node:path'
import type { Benchmark } from '../lib/figure.ts'
import { Program } from '../lib/program.ts'
import { SERVER_FLAGS } from '../lib/servers.ts'
import { median } from '../lib/statistics.ts'

const OURS = join(import.meta.dirname, '..', 'programs', 'colour-map.ts')
const TIMES = 150
const SIZE = { width: 640, height: 480 }

/** µs of CPU time. */
const REACH = { levels: 1000, jpeg: 3000 }

/** CPU time of an image, in µs, by the way that it is drawn. */
interface Costs {
  readonly given: number
  readonly auto: number
  readonly percentiles: number
  readonly log: number
  readonly jpeg: number
  readonly grayJpeg: number
}

/** What drawing the values of a beamline's image costs. */
export const colourMap: Benchmark = {
  name: 'colour-map',
  async run({ rounds }) {
    const raw: Costs[] = []
    for (let i = 0; i < rounds; i++) {
      const args = [SIZE.width, SIZE.height, TIMES].map(String)
      raw.push(await new Program(process.execPath, [...SERVER_FLAGS, OURS, ...args]).result<Costs>())
    }
    const cost = (way: keyof Costs) => median(raw.map((costs) => costs[way]))
    const ms = (way: keyof Costs) => `${(cost(way) / 1000).toFixed(2)} ms`
    const what = `${SIZE.width} × ${SIZE.height} float64`
    return {
      figures: [
        {
          what: `${what} → 8 bits: CPU time`,
          yardstick: '–',
          reach: `≤ ${REACH.levels / 1000} ms`,
          measured: `${ms('auto')}; with given levels ${ms('given')}, percentiles ${ms('percentiles')}, logarithmic ${ms('log')}`,
          isReached: cost('auto') <= REACH.levels && cost('given') <= REACH.levels,
        },
        {
          what: `${what} → JPEG q80 in colours: CPU time`,
          yardstick: '–',
          reach: `≤ ${REACH.jpeg / 1000} ms`,
          measured: `${ms('jpeg')}; gray ${ms('grayJpeg')}`,
          isReached: cost('jpeg') <= REACH.jpeg,
        },
      ],
      raw,
    }
  },
}
