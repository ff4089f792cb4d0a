import type { Size } from '../../src/core/payload.ts'
import type { Picture } from '../live/worker-protocol.ts'
import { contain } from '../overlay/contain.ts'
import { drawOverlay } from '../overlay/draw-overlay.ts'
import { EVERYTHING, type OverlayChoice } from '../overlay/overlay-choice.ts'
import { type Overlay, shapesOf } from '../overlay/shapes.ts'

/** What is drawn over the picture, and in which words. */
export interface Look {
  readonly choice: OverlayChoice
  /** What the detector's class numbers mean. */
  readonly classNames: readonly string[]
  /** What a class is called in the user's language. */
  readonly nameOf: (className: string) => string
}

/** The elements that the picture is made of: a frame in the stage, and two canvases that fill it. */
export interface PictureElements {
  readonly frame: HTMLElement
  readonly picture: HTMLCanvasElement
  readonly overlay: HTMLCanvasElement
}

/**
 * The large picture with its overlay. Both canvases fill the same element and are drawn on in the same task, so the
 * browser always shows an overlay with the very picture it came with.
 */
export class PictureView {
  readonly #elements: PictureElements
  readonly #picture: ImageBitmapRenderingContext
  readonly #overlay: CanvasRenderingContext2D
  /** In device pixels. */
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

  /** Draws a picture and what was detected on it, whose shapes are returned. Takes the bitmap. */
  show(picture: Picture, bitmap: ImageBitmap): Overlay {
    this.#size = { width: bitmap.width, height: bitmap.height }
    this.#picture.transferFromImageBitmap(bitmap)
    this.#shown = picture
    const overlay = shapesOf(picture.annotations, picture, this.#look.classNames)
    this.#shapes = overlay
    this.#lay()
    return overlay
  }

  /** @param stage in device pixels @param scale device pixels per CSS pixel */
  resize(stage: Size, scale: number): void {
    this.#stage = stage
    this.#scale = scale
    this.#lay()
  }

  /** Changes what is drawn over the picture, also over the one that is seen. */
  set look(look: Look) {
    this.#look = look
    if (this.#shown) this.#shapes = shapesOf(this.#shown.annotations, this.#shown, look.classNames)
    this.#lay()
  }

  /** Nothing is seen any more. */
  clear(): void {
    this.#picture.transferFromImageBitmap(null)
    this.#shown = undefined
    this.#shapes = undefined
    this.#elements.overlay.width = 0
  }

  #lay(): void {
    const { frame, overlay } = this.#elements
    const fit = contain(this.#stage, this.#size)
    // On whole device pixels, also where these are not whole CSS pixels.
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
