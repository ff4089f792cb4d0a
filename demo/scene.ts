import type { Canvas, SKRSContext2D } from '@napi-rs/canvas'
import { clamp } from '../src/core/numbers.ts'
import { HEIGHT, type Measurements, WIDTH } from './thread-messages.ts'

/**
 * The canvas that scenes are drawn on. The library is loaded in the demo's worker thread only; everything else just
 * imports its types.
 */
export type Context = SKRSContext2D

/** Creates an empty canvas of that size in pixels, for what is drawn once and then copied. */
export type MakeCanvas = (width: number, height: number) => Canvas

/** An animated scene. A frame depends only on the seed and the frame's number, not on what was drawn before. */
export interface Scene {
  /** Annotations and measurements of a frame. */
  measure(frame: number): Measurements
  /** Draws a frame over the whole picture. */
  paint(context: Context, frame: number): void
}

/** Creates a scene for a seed; nothing is drawn before the first `paint`. */
export type SceneMaker = (seed: number, makeCanvas: MakeCanvas) => Scene

/** A point in the picture: pixels from the left and from the top. */
export type Point = readonly [x: number, y: number]

/** A bounding box in pixels: left, top, right, bottom. */
export type Box = readonly [left: number, top: number, right: number, bottom: number]

/** Clips a box to the picture and rounds it to whole pixels; undefined if less than 2 pixels remain. */
export function visibleBox([left, top, right, bottom]: Box): Box | undefined {
  const cut = (value: number, most: number) => Math.round(clamp(value, 0, most))
  const box: Box = [cut(left, WIDTH), cut(top, HEIGHT), cut(right, WIDTH), cut(bottom, HEIGHT)]
  return box[2] - box[0] < 2 || box[3] - box[1] < 2 ? undefined : box
}

/** A canvas that is drawn on first use and cached, for static content. */
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
 * Copies the pixels of a canvas to a new one. A canvas stores its drawing commands and would replay all of them each
 * time it is copied.
 */
export function flattened(makeCanvas: MakeCanvas, drawn: Canvas): Canvas {
  const { width, height } = drawn
  const canvas = makeCanvas(width, height)
  canvas.getContext('2d').putImageData(drawn.getContext('2d').getImageData(0, 0, width, height), 0, 0)
  return canvas
}
