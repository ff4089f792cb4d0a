// Publishes stamped pictures at a steady rate, for as long as it runs.
//
//   source.ts URL KEY LABEL STREAMS FPS BYTES

import { setTimeout as sleep } from 'node:timers/promises'
import { Publisher } from '../../src/cli/publisher.ts'
import { encodeImgMessage } from '../../src/wire/img-message.ts'
import { findStamp, stamp, stampedPicture } from '../lib/picture.ts'

const [url = '', key = '', label = '', streams = '1', fps = '30', bytes = '50000'] = process.argv.slice(2)
const messages = Array.from({ length: Number(streams) }, (_, i) =>
  encodeImgMessage({ label, key: `camera-${i}` }, stampedPicture(Number(bytes))),
)
const stampAt = messages.map(findStamp)
const interval = 1000 / (Number(fps) * messages.length)
const publisher = new Publisher(url, key)
const start = performance.now()

for (let sequence = 0; ; sequence++) {
  const wait = start + sequence * interval - performance.now()
  if (wait > 0) await sleep(wait)
  const i = sequence % messages.length
  const message = messages[i]
  const at = stampAt[i]
  if (message === undefined || at === undefined) break
  stamp(message, at, sequence)
  await publisher.publish(message, `picture ${sequence}`)
  // At most two are unanswered, so by then each stream's first has been.
  if (sequence === messages.length + 2) console.log('publishing')
}
