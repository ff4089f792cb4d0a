import type { LiveFrame } from '../../client/index.ts'
import { contain } from '../overlay/contain.ts'
import { drawOverlay } from '../overlay/draw-overlay.ts'
import { EVERYTHING, type OverlayChoice } from '../overlay/overlay-choice.ts'
import { shapesOf } from '../overlay/shapes.ts'
import type { ViewDemand } from './worker-protocol.ts'

/** What is drawn over a tile's pictures. */
export interface TileOverlay {
  readonly choice: OverlayChoice
  /** The class names for this stream's label, by class number. */
  readonly classNames: readonly string[]
}

/** A tile's OffscreenCanvas in the worker: decodes pictures and draws them, fitted, with their overlay. */
export class TileCanvas {
  readonly #canvas: OffscreenCanvas
  readonly #context: OffscreenCanvasRenderingContext2D
  #look: TileOverlay = { choice: EVERYTHING, classNames: [] }
  #width = 0
  #height = 0
  #scale = 1
  #last: LiveFrame | undefined
  #lastCame = 0
  #lastDrawn = 0

  constructor(canvas: OffscreenCanvas) {
    const context = canvas.getContext('2d', { alpha: false })
    if (!context) throw new Error('this browser draws on no canvas in a worker')
    this.#canvas = canvas
    this.#context = context
  }

  /** Resizes the canvas. The old picture stays until one is drawn at the new size. */
  resize({ width, height, scale }: ViewDemand): void {
    if (width === this.#width && height === this.#height && scale === this.#scale) return
    this.#width = width
    this.#height = height
    this.#scale = scale
    this.#redraw()
  }

  /** Frees the canvas's memory while out of view; `resize` redraws. */
  rest(): void {
    this.#width = 0
    this.#canvas.width = 1
    this.#canvas.height = 1
  }

  /** Changes the overlay, also of the current picture. */
  set look(look: TileOverlay) {
    this.#look = look
    this.#redraw()
  }

  /**
   * Decodes and draws a picture. Decoding is concurrent: an older picture that finishes after a newer one is dropped.
   * @returns whether it was drawn
   * @throws DOMException if the browser cannot decode it
   */
  async show(frame: LiveFrame): Promise<boolean> {
    const came = ++this.#lastCame
    const bitmap = await createImageBitmap(frame.blob)
    const isNewer = came > this.#lastDrawn
    if (isNewer) {
      this.#lastDrawn = came
      this.#last = frame
      this.#draw(frame, bitmap)
    }
    bitmap.close()
    return isNewer
  }

  #redraw(): void {
    const last = this.#last
    if (!last) return
    // Decoded again from its bytes: keeping decoded pictures would take megabytes per tile.
    createImageBitmap(last.blob).then(
      (bitmap) => {
        // Unless a newer one was drawn meanwhile.
        if (this.#last === last) this.#draw(last, bitmap)
        bitmap.close()
      },
      // It could be decoded before; the old drawing stays.
      () => {},
    )
  }

  #draw(frame: LiveFrame, bitmap: ImageBitmap): void {
    const width = this.#width || bitmap.width
    const height = this.#height || bitmap.height
    if (this.#canvas.width !== width) this.#canvas.width = width
    if (this.#canvas.height !== height) this.#canvas.height = height
    const fit = contain({ width, height }, bitmap)
    const context = this.#context
    if (fit.width < width || fit.height < height) {
      context.fillStyle = STAGE
      context.fillRect(0, 0, width, height)
    }
    context.imageSmoothingQuality = bitmap.width > 2 * fit.width ? 'medium' : 'low'
    context.drawImage(bitmap, fit.x, fit.y, fit.width, fit.height)
    const { choice, classNames } = this.#look
    if (!choice.isOn || !frame.annotations) return
    const overlay = shapesOf(frame.annotations, frame, classNames)
    drawOverlay(context, overlay, fit, { choice, scale: this.#scale, labels: 'none' })
  }
}

/** `--bv-stage` of theme.ts: a worker has no access to CSS variables. */
const STAGE = '#05080a'
