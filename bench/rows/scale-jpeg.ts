import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Benchmark, type BenchParts, type Figure, times } from '../lib/figure.ts'
import { Program } from '../lib/program.ts'
import { scenePicture } from '../lib/scene.ts'
import { SERVER_FLAGS } from '../lib/servers.ts'
import { median, sum } from '../lib/statistics.ts'

const OURS = join(import.meta.dirname, '..', 'programs', 'scale-jpeg.ts')
const TIMES = 300
const REACH = 1.4

/** As large as photographs of these sizes are. */
const ORIGINALS = [
  { width: 1280, height: 720, bytes: 193_000 },
  { width: 1920, height: 1080, bytes: 332_000 },
] as const

/** Width, height and quality of each. */
const OUTPUTS = ['640', '360', '80', '320', '180', '70']

/** What making two smaller JPEGs of one costs, beside a C program on libjpeg-turbo. */
export const scaleJpeg: Benchmark = {
  name: 'scale-jpeg',
  async run(parts) {
    const figures: Figure[] = []
    const raw: unknown[] = []
    for (const original of ORIGINALS) {
      const rounds = await measure(parts, original)
      raw.push({ original, rounds })
      const ratio = median(rounds.map(({ ours, c }) => ours.mean / c.mean))
      const us = (whose: 'ours' | 'c') => `${(median(rounds.map((round) => round[whose].mean)) / 1000).toFixed(2)} ms`
      figures.push({
        what: `${original.width} × ${original.height} JPEG (${original.bytes / 1000} KB) → 640 × 360 q80 and 320 × 180 q70: CPU time`,
        yardstick: 'a C program on libjpeg-turbo, decoding at half the size',
        reach: `≤ ${REACH} ×`,
        measured: `${times(ratio)} (${us('ours')} to ${us('c')})`,
        isReached: ratio <= REACH,
      })
    }
    return { figures, raw }
  },
}

/** What each program prints. */
interface Cost {
  /** CPU time of one picture, µs. */
  readonly mean: number
  /** Sizes of the results. */
  readonly bytes: readonly number[]
}

async function measure({ workshop, rounds }: BenchParts, { width, height, bytes }: (typeof ORIGINALS)[number]) {
  const file = join(workshop.folder, `scene-${width}.jpg`)
  writeFileSync(file, scenePicture(width, height, bytes))
  const args = [file, String(TIMES), ...OUTPUTS]
  const measured: { ours: Cost; c: Cost }[] = []
  for (let i = 0; i < rounds; i++) {
    // As many at once as ours has threads: then both find the processors equally busy, and none asleep.
    const all = Array.from({ length: availableParallelism() }, () => new Program(workshop.program('scale-jpeg'), args))
    const costs = await Promise.all(all.map((program) => program.result<Cost>()))
    const c = { mean: sum(costs.map(({ mean }) => mean)) / costs.length, bytes: costs[0]?.bytes ?? [] }
    const ours = await new Program(process.execPath, [...SERVER_FLAGS, OURS, ...args]).result<Cost>()
    measured.push({ ours, c })
  }
  return measured
}
