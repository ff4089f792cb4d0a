import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packBytes } from '../../src/wire/bsread/unpack-bytes.ts'
import { randomNumbers } from '../../test/support/random.ts'
import { type Benchmark, type BenchParts, type Figure, times } from '../lib/figure.ts'
import { Program } from '../lib/program.ts'
import { SERVER_FLAGS } from '../lib/servers.ts'
import { median } from '../lib/statistics.ts'

const OURS = join(import.meta.dirname, '..', 'programs', 'unpack.ts')
const YARDSTICK = join(import.meta.dirname, '..', 'yardsticks', 'unpack.py')
const PYTHON = process.env.BELVEDERE_BENCH_PYTHON ?? 'python3'

const [WIDTH, HEIGHT] = [640, 480] as const

const TYPES = [
  { name: 'float64', pack: (values: Float64Array<ArrayBuffer>) => values },
  { name: 'uint16', pack: (values: Float64Array<ArrayBuffer>) => Uint16Array.from(values, (value) => value * 4095) },
] as const

/** How ours unpacks (bench/programs/unpack.ts), and what it may cost. */
const WAYS = [
  { way: 'reused', what: 'into memory that is used again', runs: 300, reach: 1.4 },
  { way: 'new', what: 'into new memory', runs: 300, reach: undefined },
  { way: 'typescript', what: 'without WebAssembly', runs: 50, reach: 18 },
] as const

/** What unpacking an image of an instrument costs, beside the C library. */
export const bitshuffle: Benchmark = {
  name: 'bitshuffle',
  async run(parts) {
    const figures: Figure[] = []
    const raw: unknown[] = []
    for (const type of TYPES) {
      const { file, args, packedBytes } = writeImage(parts, type)
      for (const { way, what, runs, reach } of WAYS) {
        const rounds: { ours: number; c: number }[] = []
        for (let i = 0; i < parts.rounds; i++) {
          const c = await cost(PYTHON, [YARDSTICK, file, ...args, '300'])
          const ours = await cost(process.execPath, [...SERVER_FLAGS, OURS, file, ...args, String(runs), way])
          rounds.push({ ours, c })
        }
        raw.push({ type: type.name, way, packedBytes, rounds })
        const ratio = median(rounds.map(({ ours, c }) => ours / c))
        const ms = (whose: 'ours' | 'c') => `${(median(rounds.map((round) => round[whose])) / 1000).toFixed(2)} ms`
        figures.push({
          what: `bitshuffle_lz4 image, ${WIDTH} × ${HEIGHT} ${type.name}, unpacked ${what}: CPU time`,
          yardstick: 'the C library bitshuffle, into memory that is used again',
          reach: reach === undefined ? '–' : `≤ ${reach} ×`,
          measured: `${times(ratio)} (${ms('ours')} to ${ms('c')})`,
          ...(reach === undefined ? {} : { isReached: ratio <= reach }),
        })
      }
    }
    return { figures, raw }
  },
}

function writeImage({ workshop }: BenchParts, { name, pack }: (typeof TYPES)[number]) {
  const values = pack(spot())
  const file = join(workshop.folder, `${name}.bitshuffle`)
  const bytes = new Uint8Array(values.buffer)
  const packed = packBytes(bytes, 'bitshuffle_lz4', values.BYTES_PER_ELEMENT)
  writeFileSync(file, packed)
  return { file, args: [values.BYTES_PER_ELEMENT, bytes.length].map(String), packedBytes: packed.length }
}

/** A beam's spot with a tenth of noise, from 0 to 1. */
function spot(): Float64Array<ArrayBuffer> {
  const random = randomNumbers(1)
  return Float64Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [(i % WIDTH) - 0.5 * WIDTH, Math.floor(i / WIDTH) - 0.5 * HEIGHT]
    return 0.9 * Math.exp(-((x / 60) ** 2 + (y / 40) ** 2) / 2) + 0.1 * random()
  })
}

/** @returns the CPU time of an image, µs */
async function cost(command: string, args: readonly string[]): Promise<number> {
  // The library may use more threads, which wait busily for one another.
  const program = new Program(command, args, { env: { OMP_NUM_THREADS: '1' } })
  const { mean } = await program.result<{ mean: number }>()
  return mean
}
