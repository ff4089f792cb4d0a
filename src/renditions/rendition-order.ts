import { colouringId } from '../core/colouring.ts'
import { type Frame, isImageFrame } from '../core/frame.ts'
import type { Payload } from '../core/payload.ts'
import type { Rendition } from './rendition.ts'
import { fitted, type Rung } from './rungs.ts'
import type { ScaledPictures, ScaleJob, ScaleOutput, ValuesOutput } from './scaler.ts'

/** What is made of one frame in one job, pictures and values, and the renditions that get it. */
export class RenditionOrder {
  readonly #frame: Frame
  readonly #outputs: ScaleOutput[] = []
  readonly #values: ValuesOutput[] = []
  /** The outputs, by what tells them apart. */
  readonly #known = new Map<string, number>()
  /** Each with what it gets of all that is made. */
  readonly #renditions = new Map<Rendition, (made: ScaledPictures) => Payload | undefined>()

  constructor(frame: Frame) {
    this.#frame = frame
  }

  /** The frame that they are made of. */
  get frame(): Frame {
    return this.#frame
  }

  /** Undefined while nothing is to be made. */
  get job(): ScaleJob | undefined {
    const [outputs, values] = [this.#outputs, this.#values]
    if (outputs.length + values.length === 0) return undefined
    return { picture: this.#frame.payload, outputs, ...(values.length > 0 && { values }) }
  }

  /** Adds what a rendition needs. */
  add(rendition: Rendition): void {
    const { rung } = rendition
    if (rung.values) this.#addValues(rendition, rung.values)
    else this.#addPicture(rendition, rung)
  }

  /** No two renditions of a stream have the same values. */
  #addValues(rendition: Rendition, output: ValuesOutput): void {
    const at = this.#values.push(output) - 1
    this.#renditions.set(rendition, ({ values }) => values?.[at])
  }

  /** Those that want the same picture share it. */
  #addPicture(rendition: Rendition, rung: Rung): void {
    const { width, height } = fitted(this.#frame.size, rung)
    const { jpegQuality, colouring } = rung
    const inColours = isImageFrame(this.#frame) ? '' : colouringId(colouring)
    const id = `${width} ${height} ${jpegQuality} ${inColours}`
    const known = this.#known.get(id) ?? this.#outputs.push({ width, height, jpegQuality, colouring }) - 1
    this.#known.set(id, known)
    this.#renditions.set(rendition, ({ pictures }) => pictures[known])
  }

  /** They are made. @param monotonic ms */
  done(made: ScaledPictures, monotonic: number): void {
    for (const [rendition, partOf] of this.#renditions) {
      const part = partOf(made)
      if (part) rendition.show(this.#frame, part, monotonic)
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
