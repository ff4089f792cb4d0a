import { colouringId } from '../core/colouring.ts'
import { type Frame, isImageFrame } from '../core/frame.ts'
import type { Size } from '../core/payload.ts'
import type { Rendition } from './rendition.ts'
import type { ScaledPictures, ScaleJob, ScaleOutput } from './scaler.ts'

/** The pictures of one frame that are made in one job, and the renditions that get them. */
export class RenditionOrder {
  readonly #frame: Frame
  readonly #outputs: ScaleOutput[] = []
  /** The outputs, by what tells them apart. */
  readonly #known = new Map<string, number>()
  /** Each with the output of the job that it gets. */
  readonly #renditions = new Map<Rendition, number>()

  constructor(frame: Frame) {
    this.#frame = frame
  }

  /** Undefined while nothing is to be made. */
  get job(): ScaleJob | undefined {
    return this.#outputs.length > 0 ? { picture: this.#frame.payload, outputs: this.#outputs } : undefined
  }

  /** Adds a picture for a rendition, which shares it with others that want the same. */
  add(rendition: Rendition, { width, height }: Size): void {
    const { jpegQuality, colouring } = rendition.rung
    const inColours = isImageFrame(this.#frame) ? '' : colouringId(colouring)
    const id = `${width} ${height} ${jpegQuality} ${inColours}`
    const known = this.#known.get(id) ?? this.#outputs.push({ width, height, jpegQuality, colouring }) - 1
    this.#known.set(id, known)
    this.#renditions.set(rendition, known)
  }

  /** They are made. @param monotonic ms */
  done({ pictures }: ScaledPictures, monotonic: number): void {
    for (const [rendition, output] of this.#renditions) {
      const picture = pictures[output]
      if (picture) rendition.show(this.#frame, picture, monotonic)
    }
  }

  /** They cannot be made. @param monotonic ms */
  fail(monotonic: number): void {
    for (const rendition of this.#renditions.keys()) rendition.fail(this.#frame, monotonic)
  }

  /** They were not made, and may be another time. @param monotonic ms */
  retry(monotonic: number): void {
    for (const rendition of this.#renditions.keys()) rendition.retry(this.#frame, monotonic)
  }
}
