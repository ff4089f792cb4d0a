import { type Canvas, createCanvas } from '@napi-rs/canvas'
import { HEIGHT, WIDTH } from './block-code.ts'

/** The JPEG quality at which the scene is as large as a camera's picture, 40 to 60 KB. */
export const QUALITY = 78

/** Pictures of 1280 × 720 as large as photographs, 195 KB. */
export const HD = { width: 1280, height: 720, quality: 85 } as const

/**
 * Draws a scene as detailed as a street, so that its picture has the size and decoding time of a camera's.
 * Deterministic.
 */
export function drawScene(width = WIDTH, height = HEIGHT): Canvas {
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  const sky = context.createLinearGradient(0, 0, 0, height)
  sky.addColorStop(0, '#9db4c8')
  sky.addColorStop(0.4, '#c9c4b8')
  sky.addColorStop(1, '#57524a')
  context.fillStyle = sky
  context.fillRect(0, 0, width, height)
  const random = randomFrom(7)
  const shapes = (SHAPES * width * height) / (WIDTH * HEIGHT)
  for (let i = 0; i < shapes; i++) {
    const size = 2 + 40 * random() ** 4
    context.fillStyle = `hsl(${20 + 60 * random()} ${10 + 30 * random()}% ${15 + 70 * random()}%)`
    context.fillRect(width * random(), height * random(), size, size * (0.5 + random()))
  }
  return canvas
}

/**
 * A JPEG of the scene of at least so many bytes, at the lowest quality that has them.
 * @throws Error when no quality makes it so large
 */
export function scenePicture(width: number, height: number, bytes: number): Buffer {
  const canvas = drawScene(width, height)
  for (let quality = 50; quality <= 100; quality++) {
    const picture = canvas.encodeSync('jpeg', quality)
    if (picture.length >= bytes) return picture
  }
  throw new Error(`no JPEG of ${width} × ${height} has ${bytes} bytes`)
}

const SHAPES = 2600

/** A linear congruential generator of numbers from 0 to 1: reproducible, not very random. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
