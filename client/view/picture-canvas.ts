import type { Size } from '../../src/core/payload.ts'
import { STAGE_COLOUR } from '../../src/core/stage-colour.ts'
import type { LiveFrame } from '../live-frame.ts'
import { contain } from '../overlay/contain.ts'
import { cover } from '../overlay/cover.ts'
import { drawOverlay } from '../overlay/draw-overlay.ts'
import { EVERYTHING, type OverlayChoice } from '../overlay/overlay-choice.ts'
import type { OverlayContext } from '../overlay/placed-box.ts'
import { shapesOf } from '../overlay/shapes.ts'
import { uprightBitmap } from './upright-bitmap.ts'

/** How pictures are drawn. */
export interface PictureLook {
  /** What is drawn over them. */
  readonly choice: OverlayChoice
  /** The class names for this stream's label, by class number. */
  readonly classNames: readonly string[]
  /** Whether boxes have labels: `none` for small tiles. */
  readonly labels: 'full' | 'none'
  /** As in CSS `object-fit`. */
  readonly fit: 'contain' | 'cover'
  /** A CSS colour around the picture; undefined: transparent. What is transparent in it has the stage's colour. */
  readonly ground: string | undefined
}

/** The size of the canvas in device pixels, and device pixels per CSS pixel. */
export interface CanvasSize extends Size {
  readonly scale: number
}

/** Decodes pictures and draws them with their overlay on one canvas, of a page or of a worker. */
export class PictureCanvas {
  readonly #context: OverlayContext
  #look: PictureLook = { choice: EVERYTHING, classNames: [], labels: 'none', fit: 'contain', ground: undefined }
  #width = 0
  #height = 0
  #scale = 1
  #last: LiveFrame | undefined
  #lastCame = 0
  #lastDrawn = 0

  constructor(context: OverlayContext) {
    this.#context = context
  }

  /** Resizes the canvas. The old picture stays until one is drawn at the new size. */
  resize({ width, height, scale }: CanvasSize): void {
    if (width === this.#width && height === this.#height && scale === this.#scale) return
    this.#width = width
    this.#height = height
    this.#scale = scale
    this.#redraw()
  }

  /** Frees the canvas's memory while out of view; `resize` redraws. */
  rest(): void {
    this.#width = 0
    this.#context.canvas.width = 1
    this.#context.canvas.height = 1
  }

  /** Removes the picture, and drops those that are being decoded. */
  clear(): void {
    this.#last = undefined
    this.#lastDrawn = this.#lastCame
    const { canvas } = this.#context
    this.#context.clearRect(0, 0, canvas.width, canvas.height)
  }

  /** Changes the look, also of the current picture. */
  set look(look: PictureLook) {
    if (areSame(look, this.#look)) return
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
    const bitmap = await uprightBitmap(frame.blob, frame.orientation)
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
    uprightBitmap(last.blob, last.orientation).then(
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
    const context = this.#context
    const { canvas } = context
    const width = this.#width || bitmap.width
    const height = this.#height || bitmap.height
    if (canvas.width !== width) canvas.width = width
    if (canvas.height !== height) canvas.height = height
    const { choice, classNames, labels, fit: how, ground } = this.#look
    const fit = how === 'cover' ? cover({ width, height }, bitmap) : contain({ width, height }, bitmap)
    if (fit.width < width || fit.height < height) {
      if (ground === undefined) context.clearRect(0, 0, width, height)
      else {
        context.fillStyle = ground
        context.fillRect(0, 0, width, height)
      }
    }
    if (frame.mediaType !== 'image/jpeg') {
      context.fillStyle = STAGE_COLOUR
      context.fillRect(fit.x, fit.y, fit.width, fit.height)
    }
    context.imageSmoothingQuality = bitmap.width > 2 * fit.width ? 'medium' : 'low'
    context.drawImage(bitmap, fit.x, fit.y, fit.width, fit.height)
    if (!choice.isOn || !frame.annotations) return
    drawOverlay(context, shapesOf(frame.annotations, frame, classNames), fit, { choice, scale: this.#scale, labels })
  }
}

function areSame(one: PictureLook, other: PictureLook): boolean {
  return (
    one.choice === other.choice &&
    one.classNames === other.classNames &&
    one.labels === other.labels &&
    one.fit === other.fit &&
    one.ground === other.ground
  )
}
