// Publishes pictures that bear their number modulo 64 in blocks, at a steady rate, for as long as it runs. They are made
// beforehand and shared by all streams, which take turns, so that the source costs next to nothing.
//
//   numbered.ts URL KEY LABEL STREAMS FPS WIDTH HEIGHT QUALITY

import { createCanvas } from '@napi-rs/canvas'
import { drawCode, NUMBERS, numberedLayout } from '../lib/block-code.ts'
import { publishInTurns } from '../lib/publish-in-turns.ts'
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
await publishInTurns(
  { url, key, label, streams: Number(streams), fps: Number(fps) },
  (turn) => pictures[turn % NUMBERS],
)
