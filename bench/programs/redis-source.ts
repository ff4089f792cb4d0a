// Writes stamped pictures into Redis at a steady rate, for as long as it runs, as the detection hub's programs do. The
// sizes of the pictures differ a little, as those of cameras do.
//
//   redis-source.ts URL LABEL STREAMS FPS BYTES

import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'redis'
import { redisKeyOf } from '../../src/wire/redis-frame.ts'
import { findStamp, stamp, stampedPicture } from '../lib/picture.ts'

/** How many different sizes there are, and how many bytes one is smaller than the next. */
const SIZES = 61
const STEP = 32
/** How many may wait for their answers. */
const IN_FLIGHT = 8

const [url = '', label = '', streams = '1', fps = '10', bytes = '50000'] = process.argv.slice(2)
const keys = Array.from({ length: Number(streams) }, (_, i) => redisKeyOf({ label, key: `camera-${i}` }))
const pictures = Array.from({ length: SIZES }, (_, i) => Buffer.from(stampedPicture(Number(bytes) - i * STEP)))
const interval = 1000 / (Number(fps) * keys.length)
const client = createClient({ url })
client.on('error', console.error)
await client.connect()

const answers: Promise<unknown>[] = []
const start = performance.now()
for (let sequence = 0; ; sequence++) {
  const wait = start + sequence * interval - performance.now()
  if (wait > 0) await sleep(wait)
  const key = keys[sequence % keys.length]
  const original = pictures[Math.floor(Math.random() * SIZES)]
  if (key === undefined || original === undefined) break
  await answers[sequence % IN_FLIGHT]
  const picture = Buffer.from(original)
  stamp(picture, findStamp(picture), sequence)
  answers[sequence % IN_FLIGHT] = client.sendCommand(['XADD', key, 'MAXLEN', '~', '10', '*', ...fields(picture)])
  if (sequence === keys.length + IN_FLIGHT) console.log('publishing')
}

function fields(picture: Buffer): (string | Buffer)[] {
  const texts = ['warnings', 'cone_polygons', 'pole_polygons', 'detection_items'].flatMap((name) => [name, ''])
  return ['frame', picture, ...texts, 'width', '640', 'height', '480']
}
