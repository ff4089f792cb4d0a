// Writes stamped pictures into Redis at a steady rate, for as long as it runs, as the detection hub's programs do. Sizes
// differ as those of cameras do: from stream to stream by up to a fifth of BYTES, from picture to picture by 3 %.
//
//   redis-source.ts URL LABEL STREAMS FPS BYTES

import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'redis'
import { redisKeyOf } from '../../src/wire/redis-frame.ts'
import { findStamp, stamp, stampedPicture } from '../lib/picture.ts'

/** By how much sizes differ, as shares of BYTES. */
const BETWEEN_STREAMS = 0.2
const WITHIN_STREAM = 0.03
const STEP_BYTES = 128
/** How many may wait for their answers. */
const IN_FLIGHT = 8

const [url = '', label = '', streams = '1', fps = '10', bytes = '50000'] = process.argv.slice(2)
const keys = Array.from({ length: Number(streams) }, (_, i) => redisKeyOf({ label, key: `camera-${i}` }))
const smallest = Number(bytes) * (1 - BETWEEN_STREAMS) * (1 - WITHIN_STREAM)
const largest = Number(bytes) * (1 + BETWEEN_STREAMS) * (1 + WITHIN_STREAM)
const sizes = Math.ceil((largest - smallest) / STEP_BYTES) + 1
const pictures = Array.from({ length: sizes }, (_, i) => Buffer.from(stampedPicture(smallest + i * STEP_BYTES)))
const interval = 1000 / (Number(fps) * keys.length)
const client = createClient({ url })
client.on('error', console.error)
await client.connect()

const answers: Promise<unknown>[] = []
const start = performance.now()
for (let sequence = 0; ; sequence++) {
  const wait = start + sequence * interval - performance.now()
  if (wait > 0) await sleep(wait)
  const stream = sequence % keys.length
  const key = keys[stream]
  const original = pictures[Math.round((sizeOf(stream) - smallest) / STEP_BYTES)]
  if (key === undefined || original === undefined) break
  await answers[sequence % IN_FLIGHT]
  const picture = Buffer.from(original)
  stamp(picture, findStamp(picture), sequence)
  answers[sequence % IN_FLIGHT] = client.sendCommand(['XADD', key, 'MAXLEN', '~', '10', '*', ...fields(picture)])
  if (sequence === keys.length + IN_FLIGHT) console.log('publishing')
}

/** The size of the next picture of a stream, bytes. */
function sizeOf(stream: number): number {
  // Multiples of the golden ratio are spread evenly, however many there are.
  const share = (stream * 0.618034) % 1
  const usual = Number(bytes) * (1 + BETWEEN_STREAMS * (2 * share - 1))
  return usual * (1 + WITHIN_STREAM * (2 * Math.random() - 1))
}

function fields(picture: Buffer): (string | Buffer)[] {
  const texts = ['warnings', 'cone_polygons', 'pole_polygons', 'detection_items'].flatMap((name) => [name, ''])
  return ['frame', picture, ...texts, 'width', '640', 'height', '480']
}
