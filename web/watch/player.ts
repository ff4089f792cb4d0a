import type { Overlay } from '../../client/overlay/shapes.ts'
import { ShownInterval } from '../../client/view/shown-interval.ts'
import { uprightBitmap } from '../../client/view/upright-bitmap.ts'
import { type ColouringWish, colouringId } from '../../src/core/colouring.ts'
import { Listeners } from '../../src/core/listeners.ts'
import type { Size } from '../../src/core/payload.ts'
import type { StreamName } from '../../src/core/stream-name.ts'
import { readWarnings } from '../../src/wire/warnings.ts'
import type { Feed, FeedSubscription } from '../live/feed.ts'
import type { Picture } from '../live/worker-protocol.ts'
import { DetectedClassesTracker } from './detected-classes.ts'
import { FrameCounter } from './frame-counter.ts'
import { originalOf } from './original-picture.ts'
import { type Look, type PictureElements, PictureView } from './picture-view.ts'
import { NOTHING, type PlayerState } from './player-state.ts'
import { RingBuffer } from './ring-buffer.ts'

/** The interval of state updates, ms. */
const TELL_MS = 250

/** Plays one stream: live, or frozen at a buffered picture. Received pictures are buffered in both modes. */
export class Player {
  readonly #feed: Feed
  readonly #stream: StreamName
  readonly #ring = new RingBuffer<Picture>()
  readonly #detectedClasses = new DetectedClassesTracker()
  readonly #listeners = new Listeners()
  #counter = new FrameCounter()
  #subscription: FeedSubscription | undefined
  #view: PictureView | undefined
  #colouring: ColouringWish | undefined
  #look: Look | undefined
  #onPicture: ((picture: Picture) => void) | undefined
  #stage: { size: Size; scale: number } | undefined
  #picture: Picture | undefined
  #overlay: Overlay | undefined
  #interval = new ShownInterval()
  #failedAt: number | undefined
  #isFrozen = false
  #wanted: Picture | undefined
  #isDecoding = false
  #state = NOTHING
  #timer: ReturnType<typeof setTimeout> | undefined
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(feed: Feed, stream: StreamName) {
    this.#feed = feed
    this.#stream = stream
  }

  /** Starts playing on these elements. @returns a function that stops it and releases all pictures */
  start(elements: PictureElements): () => void {
    const view = new PictureView(elements)
    this.#view = view
    if (this.#look) view.look = this.#look
    if (this.#stage) view.resize(this.#stage.size, this.#stage.scale)
    this.#subscription = this.#feed.follow(this.#stream, {
      onPicture: (picture, bitmap) => this.#take(picture, bitmap),
      onUndecodable: (receivedAt) => {
        this.#failedAt = receivedAt
      },
    })
    this.#ask()
    return () => {
      this.#subscription?.close()
      this.#subscription = undefined
      this.#view = undefined
      view.clear()
      this.#ring.clear()
      this.#detectedClasses.clear()
      this.#counter = new FrameCounter()
      this.#picture = undefined
      this.#overlay = undefined
      this.#interval = new ShownInterval()
      this.#failedAt = undefined
      this.#wanted = undefined
      this.#isFrozen = false
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#state = NOTHING
    }
  }

  /** The current state. */
  get state(): PlayerState {
    return this.#state
  }

  /** The displayed picture right now, and the median interval of the stream, ms. */
  get shown():
    | { readonly picture: Picture; readonly receivedAt: number; readonly interval: number | undefined }
    | undefined {
    const picture = this.#picture
    return picture && { picture, receivedAt: picture.receivedAt, interval: this.#interval.value }
  }

  /** When the newest picture that could not be decoded was received; undefined if all could. */
  get failedAt(): number | undefined {
    return this.#failedAt
  }

  /** The newest received picture, displayed or not. */
  get newest(): { readonly receivedAt: number; readonly interval: number | undefined } | undefined {
    const picture = this.#ring.newest
    return picture && { receivedAt: picture.receivedAt, interval: this.#interval.value }
  }

  /** Subscribes to new states. @returns a function that unsubscribes */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Calls back for each live picture when it is drawn. @returns a function that unsubscribes */
  onPicture(listener: (picture: Picture) => void): () => void {
    this.#onPicture = listener
    return () => {
      this.#onPicture = undefined
    }
  }

  /** Sets the stage's size. @param size in device pixels @param scale device pixels per CSS pixel */
  resize(size: Size, scale: number): void {
    this.#stage = { size, scale }
    this.#view?.resize(size, scale)
    this.#ask()
  }

  /** Sets how arrays are to be drawn; undefined: as the stream has it. Pictures that are there already stay as they are. */
  setColouring(colouring: ColouringWish | undefined): void {
    this.#colouring = colouring
    this.#ask()
  }

  /** Sets how overlays are drawn. */
  setLook(look: Look): void {
    this.#look = look
    if (this.#view) this.#view.look = look
  }

  /** Freezes the displayed picture, and shows its original as soon as that is loaded. */
  freeze(): void {
    const picture = this.#picture
    if (!picture || this.#isFrozen) return
    this.#hold(true)
    // At once: the server does not keep it for long.
    originalOf(picture).then((original) => original && this.#replace(picture, original))
    this.#tell()
  }

  /** Returns to live at once. */
  resume(): void {
    if (!this.#isFrozen) return
    this.#hold(false)
    this.#wanted = undefined
    const { newest } = this.#ring
    if (newest && newest !== this.#picture) this.#want(newest)
    this.#tell()
  }

  /** Steps to another buffered picture and freezes. @param by the number of pictures; negative: older */
  step(by: number): void {
    const from = this.#wanted ?? this.#picture
    // There is nothing after live, and nothing before an evicted picture.
    if (!from || (by > 0 && !this.#isFrozen)) return
    const index = this.#ring.indexOf(from)
    if (index >= 0 || by > 0) this.seek(Math.max(0, index + by))
  }

  /** Seeks to a buffered picture and freezes. @param index 0 is the oldest; clamped to the newest */
  seek(index: number): void {
    const picture = this.#ring.at(index) ?? this.#ring.newest
    if (!picture) return
    this.#hold(true)
    if (picture !== (this.#wanted ?? this.#picture)) this.#want(picture)
    this.#tell()
  }

  /** Asks for pictures as the stage and the user want them now; for none before the stage has a size. */
  #ask(): void {
    if (!this.#stage) return
    const { size, scale } = this.#stage
    this.#subscription?.setDemand({ fps: 60, ...size, scale, colouring: this.#colouring })
  }

  /** Freezes or not. What is around a frozen picture stays in the buffer for stepping. */
  #hold(isFrozen: boolean): void {
    this.#isFrozen = isFrozen
    this.#ring.isHeld = isFrozen
  }

  #take(picture: Picture, bitmap: ImageBitmap): void {
    const last = this.#ring.newest
    // The newest frame comes once more when the watch is renewed, as when the page becomes visible again, with a larger
    // picture when the stage has grown, and in other colours when these were changed.
    if (last?.frameId === picture.frameId) {
      bitmap.close()
      if (picture.blobSize.width > last.blobSize.width || hasOtherColours(picture, last))
        this.#replace(last, { ...picture, n: last.n })
      return
    }
    this.#interval.took(picture)
    this.#counter.took(performance.now(), picture.skipped)
    this.#ring.push(picture)
    if (this.#isFrozen) bitmap.close()
    else {
      this.#wanted = undefined
      this.#show(picture, bitmap)
      this.#onPicture?.(picture)
    }
    const wait = this.#toldAt + TELL_MS - performance.now()
    if (wait <= 0) this.#tell()
    else this.#timer ??= setTimeout(() => this.#tell(), wait)
  }

  /** Takes a better picture of the same frame. */
  #replace(picture: Picture, better: Picture): void {
    this.#ring.replace(better)
    if ((this.#wanted ?? this.#picture)?.n === picture.n) this.#want(better)
  }

  #show(picture: Picture, bitmap: ImageBitmap): void {
    if (!this.#view) {
      bitmap.close()
      return
    }
    this.#picture = picture
    this.#overlay = this.#view.show(picture, bitmap)
    const hasWarnings = readWarnings(picture.annotations?.warnings).length > 0
    if (this.#detectedClasses.look(this.#overlay, hasWarnings ? 'with warnings' : 'without')) this.#tell()
  }

  /** Decodes and shows a buffered picture; of several requested meanwhile only the last. */
  async #want(picture: Picture): Promise<void> {
    this.#wanted = picture
    if (this.#isDecoding) return
    this.#isDecoding = true
    while (this.#wanted) {
      const next: Picture = this.#wanted
      const bitmap = await uprightBitmap(next.blob, next.orientation).catch(() => undefined)
      // If a live picture was drawn meanwhile the request is void: it is newer than any buffered one.
      if (bitmap && this.#wanted) this.#show(next, bitmap)
      else bitmap?.close()
      if (this.#wanted === next) this.#wanted = undefined
      if (this.#view) this.#tell()
    }
    this.#isDecoding = false
  }

  #tell(): void {
    this.#toldAt = performance.now()
    clearTimeout(this.#timer)
    this.#timer = undefined
    const picture = this.#picture
    const { count, skipped, lastSkipped } = this.#counter
    this.#state = {
      picture,
      overlay: this.#overlay,
      isFrozen: this.#isFrozen,
      kept: this.#ring.length,
      position: picture ? this.#ring.indexOf(picture) : -1,
      rate: this.#counter.rate(performance.now()) ?? rateOf(this.#interval.value),
      count,
      skipped,
      lastSkipped,
      seen: this.#detectedClasses.seen,
    }
    this.#listeners.notify()
  }
}

/** Pictures a second, of a stream that has too few to be counted in some seconds. */
function rateOf(interval: number | undefined): number | undefined {
  return interval === undefined || interval <= 0 ? undefined : 1000 / interval
}

function hasOtherColours({ colouring: a }: Picture, { colouring: b }: Picture): boolean {
  return a !== undefined && b !== undefined && colouringId(a) !== colouringId(b)
}
