import { classNamesOf } from '../../src/core/class-names.ts'
import type { ColouringWish } from '../../src/core/colouring.ts'
import type { Size } from '../../src/core/payload.ts'
import { readColouring } from '../../src/wire/colouring-query.ts'
import type { LiveFrame } from '../live-frame.ts'
import { EVERYTHING, NOTHING } from '../overlay/overlay-choice.ts'
import { shortAge } from '../time/relative-time.ts'
import { AskedWidth } from '../view/asked-width.ts'
import { observeDeviceSize } from '../view/device-size.ts'
import { frameRateFor } from '../view/frame-rate.ts'
import { neededWidth } from '../view/needed-width.ts'
import { type CanvasSize, PictureCanvas } from '../view/picture-canvas.ts'
import { ShownInterval } from '../view/shown-interval.ts'
import { onTick } from '../view/ticker.ts'
import type { WatchLimits } from '../watch.ts'
import { ATTRIBUTES, ElementAttributes } from './element-attributes.ts'
import { wordsFor } from './element-texts.ts'
import { ElementView } from './element-view.ts'
import { type SharedConnection, SharedConnections } from './shared-connections.ts'
import { StreamFeed } from './stream-feed.ts'
import { type StreamElementState, statusOf } from './stream-status.ts'
import { Visibility } from './visibility.ts'

/** What the event `statechange` tells. */
export interface StateChangeDetail {
  readonly state: StreamElementState
  /** What is said over the picture; empty while it is live. */
  readonly note: string
  /** The server's sentence on why it refuses; empty unless it does. */
  readonly reason: string
}

/** What the event `frame` tells of the picture that was drawn. */
export type FrameDetail = Pick<
  LiveFrame,
  'id' | 'sequence' | 'receivedAt' | 'capturedAt' | 'width' | 'height' | 'skipped'
>

const CONNECTIONS = new SharedConnections()

/**
 * `<belvedere-stream>`: one stream, live, in any page. Shows its picture and age, and says so when it is not live.
 * Nothing is sent while it is out of view. Fires `statechange` (`StateChangeDetail`) and `frame` (`FrameDetail`).
 */
export class BelvedereStream extends ElementAttributes {
  static readonly observedAttributes = ATTRIBUTES

  readonly #view: ElementView
  readonly #pictures: PictureCanvas
  readonly #width = new AskedWidth(() => this.#adjust())
  #visibility: Visibility | undefined
  #stops: readonly (() => void)[] = []
  #size: CanvasSize = { width: 0, height: 0, scale: 1 }
  #connection: SharedConnection | undefined
  #feed: StreamFeed | undefined
  #problem: string | undefined
  /** What is wrong with how arrays are to be drawn. */
  #colouringProblem: string | undefined
  #classNames: readonly string[] = []
  #hasAskedForNames = false
  #picture: Size | undefined
  #shown: { readonly receivedAt: number; readonly takenAt: number; readonly interval: number | undefined } | undefined
  #interval = new ShownInterval()
  /** When the newest picture that could not be decoded was received. */
  #failedAt: number | undefined
  #state: StreamElementState = 'paused'
  #isDue = false

  constructor() {
    super()
    this.#view = new ElementView(this.attachShadow({ mode: 'open' }))
    const context = this.#view.canvas.getContext('2d')
    if (!context) throw new Error('this browser draws on no canvas')
    this.#pictures = new PictureCanvas(context)
  }

  /** How live the picture is, or why there is none. */
  get state(): StreamElementState {
    return this.#state
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const visibility = new Visibility(this, () => this.#adjust())
    this.#visibility = visibility
    this.#stops = [
      () => visibility.stop(),
      observeDeviceSize(this.#view.stage, (size) => {
        this.#size = size
        this.#adjust()
      }),
      onTick(() => this.#update()),
    ]
    this.#adjust()
  }

  disconnectedCallback(): void {
    for (const stop of this.#stops) stop()
    this.#stops = []
    this.#width.reset()
    this.#visibility = undefined
    this.#close()
    // Out of the page it is paused, whatever it was.
    this.#update()
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    // Frameworks set again what has not changed.
    if (before === after) return
    if (['label', 'camera', 'token', 'server'].includes(name)) this.#close()
    if (this.#isDue) return
    // Once for all attributes that are set together.
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      if (this.isConnected) this.#adjust()
    })
  }

  /** Brings connection, watch and canvas in line with the attributes and with what is in view. */
  #adjust(): void {
    const { isNear = false, isInView = false } = this.#visibility ?? {}
    if (isInView) this.#open()
    const colouring = this.#readColouring()
    const isShown = isInView && this.#colouringProblem === undefined
    const isDrawn = isShown && this.#size.width > 0 && this.#size.height > 0
    this.#feed?.setDemand(isDrawn ? this.#demand(colouring) : undefined)
    if (!isDrawn) this.#width.reset()
    if (!isNear) this.#pictures.rest()
    else if (isDrawn) this.#pictures.resize(this.#size)
    this.#look()
    this.#update()
  }

  /** What can be used now. */
  #demand(colouring: ColouringWish | undefined): WatchLimits {
    const { resolution } = this
    const needed = this.#width.need(neededWidth(this.#size, this.fit, this.#picture))
    return {
      maxFps: frameRateFor(this.#size.width / this.#size.scale),
      width: resolution === 'auto' ? needed : resolution === 'original' ? undefined : resolution,
      colouring,
    }
  }

  #readColouring(): ColouringWish | undefined {
    const { colormap, levels, log } = this
    this.#colouringProblem = undefined
    try {
      return readColouring({ colormap, levels, log })
    } catch (error) {
      this.#colouringProblem = error instanceof Error ? error.message : String(error)
      return undefined
    }
  }

  #open(): void {
    const { label, camera, server, token } = this
    if (this.#feed || this.#problem !== undefined || label === undefined || camera === undefined) return
    try {
      this.#connection = CONNECTIONS.acquire(server, token)
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error)
      return
    }
    const stream = { label, key: camera }
    const feed: StreamFeed = new StreamFeed(this.#connection, stream, {
      frame: (frame) => this.#take(feed, frame),
      changed: () => this.#update(),
    })
    this.#feed = feed
  }

  #close(): void {
    this.#feed?.close()
    this.#connection?.release()
    this.#feed = undefined
    this.#connection = undefined
    this.#problem = undefined
    this.#classNames = []
    this.#hasAskedForNames = false
    this.#clear()
  }

  #clear(): void {
    this.#failedAt = undefined
    if (!this.#shown) return
    this.#pictures.clear()
    this.#shown = undefined
    this.#interval = new ShownInterval()
    this.#picture = undefined
  }

  #look(): void {
    this.#pictures.look = {
      choice: this.boxes ? EVERYTHING : NOTHING,
      classNames: this.#classNames,
      labels: this.#size.width >= LABELLED * this.#size.scale ? 'full' : 'none',
      fit: this.fit,
      ground: undefined,
    }
    if (this.boxes && this.#connection && !this.#hasAskedForNames) this.#loadClassNames(this.#connection)
  }

  async #loadClassNames(connection: SharedConnection): Promise<void> {
    this.#hasAskedForNames = true
    const loaded = await connection.classNames()
    if (connection !== this.#connection) return
    this.#classNames = classNamesOf(this.label ?? '', loaded)
    this.#look()
  }

  async #take(feed: StreamFeed, frame: LiveFrame): Promise<void> {
    const isDrawn = await this.#pictures.show(frame).catch(() => undefined)
    if (feed !== this.#feed) return
    if (isDrawn === undefined) {
      this.#failedAt = frame.receivedAt
      this.#update()
    }
    if (!isDrawn) return
    const { id, sequence, receivedAt, capturedAt, takenAt, width, height, skipped } = frame
    this.#interval.took(frame)
    this.#shown = { receivedAt, takenAt, interval: this.#interval.value }
    // Of the original, whatever comes: the page around it must not move when the pictures get larger or smaller.
    if (this.#picture?.width !== width || this.#picture.height !== height) {
      this.#picture = { width, height }
      this.#view.picture = { width, height }
      this.#adjust()
    } else this.#update()
    const detail: FrameDetail = { id, sequence, receivedAt, capturedAt, width, height, skipped }
    this.dispatchEvent(new CustomEvent('frame', { detail }))
  }

  #update(): void {
    const { label, camera, alt } = this
    const words = wordsFor(this.closest<HTMLElement>('[lang]')?.lang ?? document.documentElement.lang)
    const feed = this.#feed?.facts
    const status = statusOf(
      {
        isSet: label !== undefined && camera !== undefined,
        problem: this.#problem ?? this.#colouringProblem,
        isInView: this.#visibility?.isInView ?? false,
        feed,
        shown: this.#shown,
        failedAt: this.#failedAt,
      },
      words,
    )
    // Who may not see it any more sees nothing of before.
    if (status.state === 'refused') this.#clear()
    const shown = this.#shown
    const since = (status.state === 'unchanged' ? feed?.stream?.unchanged?.since : undefined) ?? shown?.takenAt
    const age =
      since !== undefined && feed && this.age === 'on' ? shortAge(feed.now - since, words.language) : undefined
    const name = alt ?? [label, camera].filter(Boolean).join(', ')
    const named = name === '' ? status.brief : words.t('named', { name, state: status.brief })
    this.#view.show({ ...status, age, name: alt === '' ? undefined : named })
    if (status.state === this.#state) return
    this.#state = status.state
    const { state, note, reason } = status
    const detail: StateChangeDetail = { state, note, reason }
    this.dispatchEvent(new CustomEvent('statechange', { detail }))
  }
}

/** Narrower views, in CSS pixels, have no room for labels of boxes. */
const LABELLED = 400
