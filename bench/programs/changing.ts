// Publishes pictures that change their size and kind all the time, at a steady rate, for as long as it runs. They are made
// beforehand; the streams, "camera-1", "camera-2" …, take turns.
//
//   changing.ts URL KEY LABEL STREAMS FPS

import { publishInTurns } from '../lib/publish-in-turns.ts'
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
// Streams of one turn differ too.
await publishInTurns(
  { url, key, label, streams: Number(streams), fps: Number(fps) },
  (turn, stream) => pictures[(turn * 3 + stream) % pictures.length],
)
