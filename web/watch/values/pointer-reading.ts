import type { Picture } from '../../live/worker-protocol.ts'
import type { PulseValues } from './pulse-values.ts'

/** What is under the pointer. */
export interface Reading {
  /** The pixel of the original. */
  readonly x: number
  readonly y: number
  /** Undefined until it is known. */
  readonly value: number | bigint | undefined
  /** The pulse of the value, which may be one before that of the picture. */
  readonly pulseId: string | undefined
}

/** How long the pointer must rest before values are asked for, ms. */
const REST_MS = 200
/** Between an answer and the next question, ms: nobody reads more values than that. */
const AGAIN_MS = 400

/** What a reading needs. */
export interface ReadingParts {
  /** The displayed picture. */
  readonly shown: () => Picture | undefined
  readonly load: (picture: Picture, signal: AbortSignal) => Promise<PulseValues | undefined>
  readonly onReading: (reading: Reading | undefined) => void
}

/**
 * Reads the value under the pointer, of the newest pulse, while the pointer rests on the picture: values are loaded then and at no
 * other time, at most one pulse at once.
 */
export class PointerReading {
  readonly #parts: ReadingParts
  #place: { readonly x: number; readonly y: number } | undefined
  #values: PulseValues | undefined
  /** The pulse that was asked for last, whether its values came or not. */
  #asked: string | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #loading: AbortController | undefined

  constructor(parts: ReadingParts) {
    this.#parts = parts
  }

  /** The pointer is at a pixel of the original. */
  moveTo(x: number, y: number): void {
    if (this.#place?.x === x && this.#place.y === y) return
    this.#place = { x, y }
    this.#tell()
    if (!this.#loading) this.#loadIn(REST_MS)
  }

  /** The pointer has left the picture: what was loaded is dropped. */
  leave(): void {
    clearTimeout(this.#timer)
    this.#loading?.abort()
    this.#loading = undefined
    this.#place = undefined
    this.#values = undefined
    this.#asked = undefined
    this.#parts.onReading(undefined)
  }

  #loadIn(delay: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#load(), delay)
  }

  async #load(): Promise<void> {
    const picture = this.#parts.shown()
    if (picture && picture.pulse?.id !== this.#asked) {
      this.#asked = picture.pulse?.id
      const loading = new AbortController()
      this.#loading = loading
      const values = await this.#parts.load(picture, loading.signal)
      if (loading.signal.aborted) return
      this.#loading = undefined
      this.#values = values
      this.#tell()
    }
    this.#loadIn(AGAIN_MS)
  }

  #tell(): void {
    if (!this.#place) return
    const { x, y } = this.#place
    const value = this.#values?.valueAt(x, y)
    this.#parts.onReading({ x, y, value, pulseId: value === undefined ? undefined : this.#values?.pulseId })
  }
}
