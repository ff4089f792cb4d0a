import type { ColouringWish } from '../src/core/colouring.ts'
import type { ValuesCompression, ValuesWish } from '../src/core/demand.ts'
import { checkName, matches, type StreamName } from '../src/core/stream-name.ts'
import { colouringFields, readColouring } from '../src/wire/colouring-query.ts'
import type { LiveFrameHeader, LiveRequest } from '../src/wire/live-messages.ts'
import { isFrameRate, MAX_FPS, MAX_WIDTH, MIN_FPS } from '../src/wire/live-request.ts'
import type { LiveFrame } from './live-frame.ts'

/** Which streams to watch, at which limits, and where their frames go. */
export interface WatchOptions extends WatchLimits {
  /** Default: all labels. */
  readonly label?: string | undefined
  /** Default: all streams of the label, including later ones. Needs a `label`. */
  readonly key?: string | undefined
  /**
   * Called with each frame. The server sends more once the promise settles (flow control), so it should settle when the
   * picture is drawn. A rejection is emitted as `error`, and the frame counts as drawn.
   */
  readonly onFrame?: ((frame: LiveFrame) => void | Promise<void>) | undefined
}

/** Limits on each stream of a watch. */
export interface WatchLimits {
  /** Frames per second, 0 to 1000; 0: state changes only, no frames; default: all frames. */
  readonly maxFps?: number | undefined
  /** Width in pixels, 1 to 16384; default: the original's. A hint: the server may send the original anyway. */
  readonly width?: number | undefined
  /** How arrays are drawn; what is left out is as the stream or the server has it. Pictures are as they are. */
  readonly colouring?: ColouringWish | undefined
  /**
   * The values of arrays, in place of pictures of them: `valuesOf(frame)`. `native`: to the bit; `f32`: the nearest 32-bit
   * numbers; `u16`, `u8`: quantised within the levels of `colouring`. Pictures come as they are.
   */
  readonly values?: ValuesWish | undefined
  /** How the server compresses these; default: `native` as they were received, others not at all. */
  readonly compression?: ValuesCompression | undefined
}

/** The callbacks of a watch to its client. */
export interface WatchOwner {
  changed(watch: Watch): void
  ended(watch: Watch): void
}

/** A subscription to streams, active until `end`, across reconnects. Made by `LiveClient.watch`. */
export class Watch {
  readonly #owner: WatchOwner
  readonly #id: number
  #options: WatchOptions
  #isEnded = false

  /** @throws Error (with a sentence for people) when an option is not allowed */
  constructor(id: number, options: WatchOptions, owner: WatchOwner) {
    checkOptions(options)
    this.#id = id
    this.#options = { ...options }
    this.#owner = owner
  }

  /** The current options, with all changes. */
  get options(): WatchOptions {
    return this.#options
  }

  /** Its id in the protocol; never reused. */
  get id(): number {
    return this.#id
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  /**
   * Changes the limits. Properties left out are kept, undefined removes a limit. Does nothing after `end`.
   * @throws Error (with a sentence for people) when a limit is out of range
   */
  change(limits: WatchLimits): void {
    const options = { ...this.#options }
    const changed = {
      ...options,
      maxFps: 'maxFps' in limits ? limits.maxFps : options.maxFps,
      width: 'width' in limits ? limits.width : options.width,
      colouring: 'colouring' in limits ? limits.colouring : options.colouring,
      values: 'values' in limits ? limits.values : options.values,
      compression: 'compression' in limits ? limits.compression : options.compression,
    }
    checkOptions(changed)
    const isSame =
      changed.maxFps === options.maxFps &&
      changed.width === options.width &&
      changed.values === options.values &&
      changed.compression === options.compression &&
      JSON.stringify(colouringFields(changed.colouring)) === JSON.stringify(colouringFields(options.colouring))
    if (isSame || this.#isEnded) return
    this.#options = changed
    this.#owner.changed(this)
  }

  /** Ends the watch: `onFrame` is not called any more, and frames being processed count as drawn. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#owner.ended(this)
  }

  /** Whether a stream matches the watch's label and key. */
  fits(stream: StreamName): boolean {
    return matches(this.#options, stream)
  }

  /** Whether the watch wants a frame: of its streams, and of arrays the pictures or the values, as it asks. */
  wants(header: LiveFrameHeader): boolean {
    const { maxFps, values } = this.#options
    if (this.#isEnded || maxFps === 0 || !this.fits(header)) return false
    return values === undefined ? header.values === undefined : header.colouring === undefined
  }

  /** The request message of the protocol. */
  get request(): Extract<LiveRequest, { type: 'watch' }> {
    const { label, key, maxFps, width, colouring, values, compression } = this.#options
    const wanted = { max_fps: maxFps, width, values, compression, ...colouringFields(colouring) }
    return { type: 'watch', id: this.#id, label, key, ...wanted }
  }
}

function checkOptions({ label, key, maxFps, width, colouring }: WatchOptions): void {
  if (label !== undefined) checkName('label', label)
  if (key !== undefined) checkName('key', key)
  if (key !== undefined && label === undefined) throw new TypeError('key needs a label beside it')
  if (maxFps !== undefined && !isFrameRate(maxFps))
    throw new RangeError(`maxFps must be 0 or a number from ${MIN_FPS} to ${MAX_FPS}, not ${maxFps}`)
  if (width !== undefined && !(width >= 1 && width <= MAX_WIDTH))
    throw new RangeError(`width must be a number from 1 to ${MAX_WIDTH}, not ${width}`)
  readColouring(colouringFields(colouring))
}
