// Publishes pictures that bear their number modulo 64 in blocks, at a steady rate, for as long as it runs. They are made
// beforehand and shared by all streams, which take turns, so that the source costs next to nothing.
//
//   numbered.ts URL KEY LABEL STREAMS FPS WIDTH HEIGHT QUALITY

import { setTimeout as sleep } from 'node:timers/promises'
import { createCanvas } from '@napi-rs/canvas'
import { openPublisher } from '../../src/cli/publisher.ts'
import { drawCode, NUMBERS, numberedLayout } from '../lib/block-code.ts'
import { drawScene } from '../lib/scene.ts'

const [url = '', key = '', label = '', streams = '1', fps = '10', width = '', height = '', quality = ''] =
  process.argv.slice(2)
const layout = numberedLayout(Number(width), Number(height))
const scene = drawScene(layout.width, layout.height)
const context = createCanvas(layout.width, layout.height).getContext('2d')
const pictures = Array.from({ length: NUMBERS }, (_, number) => {
  context.drawImage(scene, 0, 0)
  drawCode(context, layout, number)
  return context.canvas.toBuffer('image/jpeg', Number(quality))
})
const count = Number(streams)
const interval = 1000 / (Number(fps) * count)
const { publisher } = openPublisher(url, key, console.error)

let due = performance.now()
for (let sequence = 0; ; sequence++) {
  const wait = due - performance.now()
  if (wait > 0) await sleep(wait)
  // A camera that was held up does not catch up by sending faster.
  due = Math.max(due + interval, performance.now() - interval)
  const picture = pictures[Math.floor(sequence / count) % NUMBERS]
  if (picture === undefined) break
  await publisher.publish({ label, key: `camera-${(sequence % count) + 1}` }, picture)
  // At most two are unanswered, so by then each stream's first has been.
  if (sequence === count + 2) console.log(`publishing pictures of ${picture.length} bytes`)
}
