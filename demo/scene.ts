import type { Canvas, SKRSContext2D } from '@napi-rs/canvas'
import { clamp } from '../src/core/numbers.ts'
import { HEIGHT, type Measurements, WIDTH } from './thread-messages.ts'

/** What scenes are drawn on. The library is loaded in the demo's thread alone, so everyone else takes its types only. */
export type Context = SKRSContext2D

/** Makes an empty canvas of that size in pixels, for what is drawn once and then copied. */
export type MakeCanvas = (width: number, height: number) => Canvas

/** A drawn world. What it shows depends on its seed and the number of the frame, and on nothing that came before. */
export interface Scene {
  /** What is seen in that frame. */
  measure(frame: number): Measurements
  /** Draws that frame over the whole picture. */
  paint(context: Context, frame: number): void
}

/** Makes the scene of a seed; nothing is drawn before its first `paint`. */
export type SceneMaker = (seed: number, makeCanvas: MakeCanvas) => Scene

/** A place in the picture: pixels from the left and from the top. */
export type Point = readonly [x: number, y: number]

/** Left, top, right, bottom in pixels. */
export type Box = readonly [left: number, top: number, right: number, bottom: number]

/** A box cut at the edges of the picture, in whole pixels; undefined if less than 2 pixels of it are left. */
export function visibleBox([left, top, right, bottom]: Box): Box | undefined {
  const cut = (value: number, most: number) => Math.round(clamp(value, 0, most))
  const box: Box = [cut(left, WIDTH), cut(top, HEIGHT), cut(right, WIDTH), cut(bottom, HEIGHT)]
  return box[2] - box[0] < 2 || box[3] - box[1] < 2 ? undefined : box
}

/** A canvas that is drawn on the first use and copied ever after: for what does not move. */
export function backdrop(makeCanvas: MakeCanvas, paint: (context: Context) => void): () => Canvas {
  let canvas: Canvas | undefined
  return () => {
    if (canvas) return canvas
    const drawn = makeCanvas(WIDTH, HEIGHT)
    paint(drawn.getContext('2d'))
    canvas = flattened(makeCanvas, drawn)
    return canvas
  }
}

/**
 * The pixels of a canvas on a new one. A canvas keeps what was drawn as a list of orders and would carry all of them out
 * at every copy.
 */
export function flattened(makeCanvas: MakeCanvas, drawn: Canvas): Canvas {
  const { width, height } = drawn
  const canvas = makeCanvas(width, height)
  canvas.getContext('2d').putImageData(drawn.getContext('2d').getImageData(0, 0, width, height), 0, 0)
  return canvas
}
