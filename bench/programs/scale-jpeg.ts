/*
 * Makes two smaller JPEGs of one in the threads that make renditions, again and again, in as many threads at once as there
 * are processors. Prints the CPU time of each in µs, of all threads of this process.
 *
 *   scale-jpeg.ts FILE TIMES WIDTH HEIGHT QUALITY WIDTH HEIGHT QUALITY
 */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { ScalerPool } from '../../src/renditions/scaler-pool.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { readImage } from '../../src/wire/image-header.ts'

const THREADS = availableParallelism()
/** Servers run for hours: V8 has compiled what is called for each picture. */
const WARM_UP = 300

const [file = '', ...numbers] = process.argv.slice(2)
const [times = 0, ...outputNumbers] = numbers.map(Number)
const picture = readImage(readFileSync(file), { maxPixels: 50_000_000 })
const outputs = [0, 3].map((at) => {
  const [width = 0, height = 0, jpegQuality = 0] = outputNumbers.slice(at)
  return { width, height, jpegQuality }
})
const pool = new ScalerPool({
  clock: systemClock,
  rules: { threads: THREADS, maxPixels: 50_000_000, jobTimeout: 60_000 },
  onFailure: (reason) => console.error(reason),
})
let bytes: number[] = []
async function scale(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { pictures } = await pool.scale({ picture, outputs })
    bytes = pictures.map((made) => made.bytes.length)
  }
}
const scaleInAll = (count: number) => Promise.all(Array.from({ length: THREADS }, () => scale(count)))

// Threads are started one after the other.
for (let i = 0; i < THREADS; i++) await Promise.all(Array.from({ length: i + 1 }, () => scale(1)))
await scaleInAll(WARM_UP)
const before = process.cpuUsage()
await scaleInAll(times)
const { user, system } = process.cpuUsage(before)
await pool.close()
console.log(JSON.stringify({ mean: (user + system) / times / THREADS, bytes }))
