import { contain } from '../../client/overlay/contain.ts'
import { drawOverlay } from '../../client/overlay/draw-overlay.ts'
import { EVERYTHING, type OverlayChoice } from '../../client/overlay/overlay-choice.ts'
import { type Overlay, shapesOf } from '../../client/overlay/shapes.ts'
import type { Size } from '../../src/core/payload.ts'
import type { Picture } from '../live/worker-protocol.ts'

/** How the overlay is drawn. */
export interface Look {
  readonly choice: OverlayChoice
  /** The class names, by class number. */
  readonly classNames: readonly string[]
  /** Translates a class name. */
  readonly nameOf: (className: string) => string
}

/** The DOM elements of the picture: a frame in the stage, and two canvases that fill it. */
export interface PictureElements {
  readonly frame: HTMLElement
  readonly picture: HTMLCanvasElement
  readonly overlay: HTMLCanvasElement
}

/**
 * The large picture with its overlay. Both canvases fill the same element and are drawn in the same task, so the
 * browser always presents an overlay together with its own picture.
 */
export class PictureView {
  readonly #elements: PictureElements
  readonly #picture: ImageBitmapRenderingContext
  readonly #overlay: CanvasRenderingContext2D
  /** The stage's size in device pixels. */
  #stage: Size = { width: 0, height: 0 }
  #scale = 1
  #look: Look = { choice: EVERYTHING, classNames: [], nameOf: (name) => name }
  #size: Size = { width: 0, height: 0 }
  #shown: Picture | undefined
  #shapes: Overlay | undefined

  constructor(elements: PictureElements) {
    const picture = elements.picture.getContext('bitmaprenderer')
    const overlay = elements.overlay.getContext('2d')
    if (!picture || !overlay) throw new Error('this browser draws on no canvas')
    this.#elements = elements
    this.#picture = picture
    this.#overlay = overlay
  }

  /** Draws a picture with its overlay, and takes ownership of the bitmap. @returns the parsed overlay */
  show(picture: Picture, bitmap: ImageBitmap): Overlay {
    this.#size = { width: bitmap.width, height: bitmap.height }
    this.#picture.transferFromImageBitmap(bitmap)
    this.#shown = picture
    const overlay = shapesOf(picture.annotations, picture, this.#look.classNames)
    this.#shapes = overlay
    this.#lay()
    return overlay
  }

  /** Fits the picture into a new stage size. @param stage in device pixels @param scale device pixels per CSS pixel */
  resize(stage: Size, scale: number): void {
    this.#stage = stage
    this.#scale = scale
    this.#lay()
  }

  /** Changes the overlay, also of the current picture. */
  set look(look: Look) {
    this.#look = look
    if (this.#shown) this.#shapes = shapesOf(this.#shown.annotations, this.#shown, look.classNames)
    this.#lay()
  }

  /** Clears the picture. */
  clear(): void {
    this.#picture.transferFromImageBitmap(null)
    this.#shown = undefined
    this.#shapes = undefined
    this.#elements.overlay.width = 0
  }

  #lay(): void {
    const { frame, overlay } = this.#elements
    const fit = contain(this.#stage, this.#size)
    // On whole device pixels, even if these are fractional CSS pixels.
    const place = [fit.x, fit.y, fit.width, fit.height].map((length) => `${length / this.#scale}px`)
    const [left = '', top = '', width = '', height = ''] = place
    Object.assign(frame.style, { left, top, width, height })
    if (overlay.width !== fit.width) overlay.width = fit.width
    if (overlay.height !== fit.height) overlay.height = fit.height
    this.#overlay.clearRect(0, 0, fit.width, fit.height)
    if (!this.#shapes) return
    const { choice, nameOf } = this.#look
    const options = { choice, scale: this.#scale, labels: 'full', nameOf } as const
    drawOverlay(this.#overlay, this.#shapes, { x: 0, y: 0, width: fit.width, height: fit.height }, options)
  }
}
