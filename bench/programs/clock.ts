// Publishes pictures of a clock, one at a time: the time of day in ms is read, drawn in blocks and encoded, and the picture
// sent at once. When it is asked to end it prints what it drew and when it was done with that:
//
//   clock.ts URL KEY LABEL CAMERA FPS        {"pictures":[[drawn, sent], …]}

import { setTimeout as sleep } from 'node:timers/promises'
import { createCanvas } from '@napi-rs/canvas'
import { openPublisher } from '../../src/cli/publisher.ts'
import { CLOCK, drawCode, HEIGHT, WIDTH } from '../lib/block-code.ts'
import type { DrawnClock } from '../lib/page-sources.ts'
import { drawScene, QUALITY } from '../lib/scene.ts'

const [url = '', key = '', label = '', camera = '', fps = '10'] = process.argv.slice(2)
const scene = drawScene()
const context = createCanvas(WIDTH, HEIGHT).getContext('2d')
const { publisher } = openPublisher(url, key, console.error)
const drawn: DrawnClock['pictures'][number][] = []
process.once('SIGTERM', () => {
  const clock: DrawnClock = { pictures: drawn }
  process.stdout.write(`${JSON.stringify(clock)}\n`, () => process.exit())
})

const interval = 1000 / Number(fps)
let due = performance.now()
for (let sequence = 0; ; sequence++) {
  const wait = due - performance.now()
  if (wait > 0) await sleep(wait)
  due = Math.max(due + interval, performance.now())
  context.drawImage(scene, 0, 0)
  const now = Date.now()
  drawCode(context, CLOCK, now)
  const picture = context.canvas.toBuffer('image/jpeg', QUALITY)
  drawn.push([now, Date.now()])
  await publisher.publish({ label, key: camera, captured_at: now }, picture)
  if (sequence === 2) console.log(`publishing pictures of ${picture.length} bytes`)
}
