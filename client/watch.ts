import { checkName, type StreamName } from '../src/core/stream-name.ts'
import type { LiveRequest } from '../src/wire/live-messages.ts'
import { MAX_FPS, MAX_WIDTH } from '../src/wire/live-request.ts'
import type { LiveFrame } from './live-frame.ts'

/** What to watch, and what with. */
export interface WatchOptions extends WatchLimits {
  /** All labels if left out. */
  readonly label?: string | undefined
  /** All streams of the label, as they come and go, if left out. */
  readonly key?: string | undefined
  /**
   * Given each picture. The server sends more when the promise settles, so it should not before the picture is drawn.
   * One that fails is told as `error`, and its picture counts as drawn.
   */
  readonly onFrame?: ((frame: LiveFrame) => void | Promise<void>) | undefined
}

/** What can be used of each stream. */
export interface WatchLimits {
  /** Frames a second, 0 to 1000; 0: news only, no pictures; left out: all there are. */
  readonly maxFps?: number | undefined
  /** Pixels across, 1 to 16384; left out: the original. The server may send the original all the same. */
  readonly width?: number | undefined
}

/** What a watch needs of the client that made it. */
export interface WatchOwner {
  changed(watch: Watch): void
  ended(watch: Watch): void
}

/** Streams that are watched until `end`, over all reconnects. Made by `LiveClient.watch`. */
export class Watch {
  readonly #owner: WatchOwner
  readonly #id: number
  #options: WatchOptions
  #isEnded = false

  /** @throws Error with a sentence when the options are not allowed */
  constructor(id: number, options: WatchOptions, owner: WatchOwner) {
    checkOptions(options)
    this.#id = id
    this.#options = { ...options }
    this.#owner = owner
  }

  /** As they are now, with all changes. */
  get options(): WatchOptions {
    return this.#options
  }

  /** Its name on the wire; never used again. */
  get id(): number {
    return this.#id
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  /**
   * Changes what can be used; what is left out stays, and undefined takes a limit away. Does nothing after `end`.
   * @throws RangeError when it is not allowed
   */
  change(limits: WatchLimits): void {
    const options = { ...this.#options }
    const changed = {
      ...options,
      maxFps: 'maxFps' in limits ? limits.maxFps : options.maxFps,
      width: 'width' in limits ? limits.width : options.width,
    }
    checkOptions(changed)
    const isSame = changed.maxFps === options.maxFps && changed.width === options.width
    if (isSame || this.#isEnded) return
    this.#options = changed
    this.#owner.changed(this)
  }

  /** Ends it: `onFrame` is not called any more, and the pictures it has in hand count as drawn. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#owner.ended(this)
  }

  /** Whether a stream is among those that it watches. */
  fits({ label, key }: StreamName): boolean {
    const wanted = this.#options
    return (wanted.label === undefined || wanted.label === label) && (wanted.key === undefined || wanted.key === key)
  }

  /** Whether pictures of a stream are for it. */
  wantsFramesOf(stream: StreamName): boolean {
    return !this.#isEnded && this.#options.maxFps !== 0 && this.fits(stream)
  }

  /** As it is asked for on the wire. */
  get request(): Extract<LiveRequest, { type: 'watch' }> {
    const { label, key, maxFps, width } = this.#options
    return { type: 'watch', id: this.#id, label, key, max_fps: maxFps, width }
  }
}

function checkOptions({ label, key, maxFps, width }: WatchOptions): void {
  if (label !== undefined) checkName('label', label)
  if (key !== undefined) checkName('key', key)
  if (key !== undefined && label === undefined) throw new TypeError('key needs a label beside it')
  if (maxFps !== undefined && !(maxFps >= 0 && maxFps <= MAX_FPS))
    throw new RangeError(`maxFps must be a number from 0 to ${MAX_FPS}, not ${maxFps}`)
  if (width !== undefined && !(width >= 1 && width <= MAX_WIDTH))
    throw new RangeError(`width must be a number from 1 to ${MAX_WIDTH}, not ${width}`)
}
