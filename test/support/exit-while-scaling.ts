/*
 * A process that ends while its threads decode pictures of 12 megapixels: exit-while-scaling.ts exit|throw DELAY_MS
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ScaleJob } from '../../src/renditions/scaler.ts'
import { ScalerPool } from '../../src/renditions/scaler-pool.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { jpeg } from './pictures.ts'

const rules = { threads: 2, maxPixels: 20_000_000, jobTimeout: 30_000 }
const pool = new ScalerPool({ clock: systemClock, rules, onFailure: () => {} })
const [, , manner, delay] = process.argv

await pool.scale(job(400, 300))
// The second one is in the middle of being started.
for (let i = 0; i < 2; i++) pool.scale(job(4000, 3000)).catch(() => {})
await sleep(Number(delay))
if (manner === 'throw') throw new Error('nobody catches it')
process.exit(0)

function job(width: number, height: number): ScaleJob {
  return {
    picture: { kind: 'image', bytes: jpeg(width, height), mediaType: 'image/jpeg', width, height },
    outputs: [{ width: 400, height: 300, jpegQuality: 80 }],
  }
}
