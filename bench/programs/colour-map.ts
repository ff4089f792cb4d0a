/*
 * Draws a float64 image again and again, as the threads that make renditions do, but in this thread alone. Prints the CPU time
 * of each way in µs, of all threads of this process.
 *
 *   colour-map.ts WIDTH HEIGHT TIMES
 */
import { type Colouring, DEFAULT_COLOURING } from '../../src/core/colouring.ts'
import type { PackedArray } from '../../src/core/payload.ts'
import { ArrayScaler } from '../../src/renditions/array-scaler.ts'
import { paintLevels } from '../../src/renditions/level-painter.ts'
import { levelsOf } from '../../src/renditions/levels.ts'
import { NativeGate } from '../../src/renditions/native-gate.ts'
import { NumberBlocks } from '../../src/renditions/number-blocks.ts'
import { Resampler } from '../../src/renditions/resampler.ts'

/** Servers run for hours: V8 has compiled what is called for each image. */
const WARM_UP = 100
const JPEG_QUALITY = 80

const [width = 0, height = 0, times = 0] = process.argv.slice(2).map(Number)
const values = beamSpot()
const numbers = new NumberBlocks(values)
const pixels = new Uint32Array(values.length)
// As the server hands it over: the bytes, in shared memory.
const memory = new SharedArrayBuffer(values.byteLength)
new Float64Array(memory).set(values)
const array: PackedArray = {
  kind: 'packed-array',
  bytes: new Uint8Array(memory),
  type: 'float64',
  shape: [height, width],
  byteOrder: 'little',
  compression: 'none',
}
const scaler = new ArrayScaler(width * height, new NativeGate(new SharedArrayBuffer(4)), new Resampler())

const GIVEN = { min: 0, max: 1000 }
const WAYS: Readonly<Record<string, () => void>> = {
  given: () => paint({ levels: GIVEN, log: false }),
  auto: () => paint({ levels: 'auto', log: false }),
  percentiles: () => paint({ levels: { percentiles: [1, 99] }, log: false }),
  log: () => paint({ levels: 'auto', log: true }),
  jpeg: () => draw(DEFAULT_COLOURING),
  grayJpeg: () => draw({ ...DEFAULT_COLOURING, colormap: 'gray' }),
}

const costs = Object.entries(WAYS).map(([name, way]): [string, number] => [name, costOf(way)])
console.log(JSON.stringify(Object.fromEntries(costs)))

function paint(scale: Omit<Colouring, 'colormap'>): void {
  paintLevels(numbers, levelsOf(numbers, scale), scale.log, pixels)
}

function draw(colouring: Colouring): void {
  scaler.draw(array, [{ width, height, jpegQuality: JPEG_QUALITY, colouring }])
}

function costOf(way: () => void): number {
  for (let i = 0; i < WARM_UP; i++) way()
  const before = process.cpuUsage()
  for (let i = 0; i < times; i++) way()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}

/** A Gaussian beam spot with a tenth of noise. */
function beamSpot(): Float64Array {
  const spot = new Float64Array(width * height)
  const spread = 2 * (width / 10) ** 2
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const distance = (x - width / 2) ** 2 + (y - height / 2) ** 2
      spot[y * width + x] = 1000 * Math.exp(-distance / spread) + 100 * Math.random()
    }
  return spot
}
