// Publishes stamped pictures at a steady rate, for as long as it runs.
//
//   source.ts URL KEY LABEL STREAMS FPS BYTES

import { setTimeout as sleep } from 'node:timers/promises'
import { openPublisher } from '../../src/cli/publisher.ts'
import { findStamp, stamp, stampedPicture } from '../lib/picture.ts'

const [url = '', key = '', label = '', streams = '1', fps = '30', bytes = '50000'] = process.argv.slice(2)
const pictures = Array.from({ length: Number(streams) }, () => stampedPicture(Number(bytes)))
const stampAt = pictures.map(findStamp)
const interval = 1000 / (Number(fps) * pictures.length)
const { publisher } = openPublisher(url, key, console.error)
const start = performance.now()

for (let sequence = 0; ; sequence++) {
  const wait = start + sequence * interval - performance.now()
  if (wait > 0) await sleep(wait)
  const i = sequence % pictures.length
  const picture = pictures[i]
  const at = stampAt[i]
  if (picture === undefined || at === undefined) break
  stamp(picture, at, sequence)
  await publisher.publish({ label, key: `camera-${i}` }, picture, `picture ${sequence}`)
  // At most two are unanswered, so by then each stream's first has been.
  if (sequence === pictures.length + 2) console.log('publishing')
}
