// Publishes pictures that change their size and kind all the time, at a steady rate, for as long as it runs. They are made
// beforehand; the streams, "camera-1", "camera-2" …, take turns.
//
//   changing.ts URL KEY LABEL STREAMS FPS

import { setTimeout as sleep } from 'node:timers/promises'
import { openPublisher } from '../../src/cli/publisher.ts'
import { drawScene, QUALITY } from '../lib/scene.ts'

const SIZES = [
  [1280, 720],
  [1024, 768],
  [1920, 1080],
  [1000, 1000],
  [1600, 900],
] as const

const [url = '', key = '', label = '', streams = '1', fps = '10'] = process.argv.slice(2)
const pictures = SIZES.flatMap(([width, height], i) => {
  const scene = drawScene(width, height)
  const jpeg = scene.encodeSync('jpeg', QUALITY)
  // One in five is decoded in another way.
  return i === 0 ? [jpeg, scene.encodeSync('webp', QUALITY)] : [jpeg, jpeg]
})
const count = Number(streams)
const interval = 1000 / (Number(fps) * count)
const { publisher } = openPublisher(url, key, console.error)

let due = performance.now()
for (let sequence = 0; ; sequence++) {
  const wait = due - performance.now()
  if (wait > 0) await sleep(wait)
  due = Math.max(due + interval, performance.now() - interval)
  const stream = sequence % count
  // Streams of one turn differ too.
  const picture = pictures[(Math.floor(sequence / count) * 3 + stream) % pictures.length]
  if (picture === undefined) break
  await publisher.publish({ label, key: `camera-${stream + 1}` }, picture)
  // At most two are unanswered, so by then each stream's first has been.
  if (sequence === count + 2) console.log('publishing')
}
