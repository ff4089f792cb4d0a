import type { Clock } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import type { ImageFrame } from '../../core/frame.ts'
import type { Log } from '../../core/log.ts'
import { LruMap } from '../../core/lru-map.ts'
import type { EncodedImage, Size } from '../../core/payload.ts'
import type { StreamName } from '../../core/stream-name.ts'
import type { WireMessage } from '../../wire/ws-frame.ts'
import { jpegMessage, timeOf } from './jpeg-message.ts'
import { type SlateLanguage, slateText } from './slate-texts.ts'
import type { SlatePainter } from './slate-thread.ts'

/** The last picture before a stream stopped. */
export interface LastPicture {
  /** The frame's. */
  readonly id: string
  readonly receivedAt: number
  /** When it was taken, ms since 1970. */
  readonly time: number
  readonly payload: EncodedImage
}

/** What is kept of a frame, once for all who were shown it, in case that it is the last one. */
export function lastPictureOf(frame: ImageFrame): LastPicture {
  const { id, receivedAt, payload } = frame
  return { id, receivedAt, payload, time: timeOf(frame) }
}

/** Which slate is wanted. */
export interface SlateWish {
  readonly stream: StreamName
  readonly language: SlateLanguage
  /** Undefined: there was none. */
  readonly last: LastPicture | undefined
  /** The size of a slate without a picture. */
  readonly plainSize: Size
}

/** What slates need. */
export interface SlatesParts {
  readonly painter: SlatePainter
  /** How many are kept: fewer than are shown at once would be drawn again and again. */
  readonly mostKept: number
  readonly clock: Clock
  readonly log: Log
}

/**
 * What is shown in place of a stream that has stopped: its last picture, greyed, with since when there is none. Each is
 * drawn once for all who watch the same picture in the same language.
 */
export class Slates {
  readonly #parts: SlatesParts
  readonly #drawn: LruMap<string, Promise<WireMessage | undefined>>
  /** Whether nothing more is said of slates that could not be drawn. */
  #isQuiet = false

  constructor(parts: SlatesParts) {
    this.#parts = parts
    this.#drawn = new LruMap(parts.mostKept)
  }

  /** The slate, as a message; undefined if it cannot be drawn. */
  get({ stream, language, last, plainSize }: SlateWish): Promise<WireMessage | undefined> {
    const now = this.#parts.clock.now()
    const text = slateText(language, last?.receivedAt, now)
    // A reader may not expect the size to change.
    const size = last ? fitting(last.payload) : plainSize
    const key = JSON.stringify([stream.label, stream.key, last?.id, size.width, size.height, text])
    const known = this.#drawn.get(key)
    if (known) return known
    const made = this.#draw(text, size, last, now)
    this.#drawn.set(key, made)
    void made.then((slate) => {
      // What was the matter may be over.
      if (!slate) this.#parts.clock.after(RETRY_MS, () => this.#drawn.delete(key))
    })
    return made
  }

  /** Ends its thread. */
  close(): Promise<void> {
    this.#isQuiet = true
    return this.#parts.painter.close()
  }

  async #draw(text: string, { width, height }: Size, last: LastPicture | undefined, now: number) {
    const { painter, log } = this.#parts
    try {
      const jpeg = await painter.draw({
        text,
        width,
        height,
        picture: last && isDrawable(last.payload) ? last.payload.bytes : undefined,
      })
      return jpegMessage(jpeg, last?.time ?? now)
    } catch (error) {
      // Once, not for every stream that stops.
      if (!this.#isQuiet) log.warn({ err: error }, `a slate could not be drawn: ${messageOf(error)}`)
      this.#isQuiet = true
      return undefined
    }
  }
}

/** The size of a picture or, if it is so large that a slate would be a burden, a smaller one of its shape. */
function fitting({ width, height }: Size): Size {
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** Whether a picture does not take too much memory to be decoded. */
function isDrawable({ width, height }: Size): boolean {
  return width * height <= 4 * MOST_PIXELS
}

/** How soon a slate is tried again that could not be drawn, ms. */
const RETRY_MS = 60_000
/** That of 4K. */
const MOST_PIXELS = 3840 * 2160
