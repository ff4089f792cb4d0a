import type { Frame } from './frame.ts'
import type { FrameId } from './frame-id.ts'
import type { FlowMeter, Meters } from './meters.ts'
import { type StreamName, streamId } from './names.ts'
import { demand, type Principal } from './principal.ts'
import type { Stream } from './stream.ts'

/** What a viewer wants to see, and how much of it. */
export interface Watch extends Wish {
  /** Everything the principal may see if left out. */
  readonly label?: string | undefined
  /** The label's changing set of streams if left out. */
  readonly key?: string | undefined
}

/** How much of a stream is wanted; undefined: all there is. */
export interface Wish {
  /** Frames a second; 0 wants news of the stream only. */
  readonly maxFps?: number | undefined
  /** Pixels across. */
  readonly width?: number | undefined
}

/** A frame for the viewer, and where to count that it was sent. */
export interface Delivery {
  readonly frame: Frame
  readonly meter: FlowMeter
}

/** Something happened to a stream that the viewer watches: it came, went, or its state changed. */
export interface News {
  readonly kind: 'joined' | 'left' | 'state'
  readonly stream: Stream
}

/** One viewer's interest in one stream. */
export interface Subscription {
  readonly stream: Stream
  readonly viewer: Viewer
  readonly meter: FlowMeter
  wish: Wish
  /** The newest frame, if the viewer has not been given it. */
  waiting: Frame | undefined
  /** Which frame the viewer was given last, and when that was received: not the frame itself, which it would keep alive. */
  last: { readonly id: FrameId; readonly receivedAt: number } | undefined
  /** When it was last served, as a count of the viewer's deliveries: the smallest is next. */
  turn: number
  /** Where it stands among the viewer's waiting subscriptions, while it does. */
  place: number
}

/** What a viewer needs of the hub. */
export interface Directory {
  readonly meters: Meters
  stream(name: StreamName): Stream | undefined
  /** The streams of a label, or all. */
  streams(label: string | undefined): Iterable<Stream>
  left(viewer: Viewer): void
}

/**
 * What one connection watches. It holds no queue: of each stream only the newest frame waits, and `next` gives out that
 * of the stream served longest ago.
 */
export class Viewer {
  readonly #hub: Directory
  readonly #principal: Principal
  readonly #dialect: string
  readonly #wake: () => void
  readonly #watches = new Map<number, Watch>()
  readonly #subscriptions = new Map<Stream, Subscription>()
  readonly #waiting: Subscription[] = []
  readonly #news: Map<Stream, News> | undefined
  readonly #close = () => this.close()
  #deliveries = 0
  #isClosed = false

  /** Made by `Hub.watch`. */
  constructor(hub: Directory, principal: Principal, options: ViewerOptions) {
    this.#hub = hub
    this.#principal = principal
    this.#dialect = options.dialect
    this.#wake = options.wake
    this.#news = options.news ? new Map() : undefined
    principal.ended.addEventListener('abort', this.#close)
  }

  /** The streams that are watched now. */
  get streams(): Stream[] {
    return [...this.#subscriptions.keys()]
  }

  /**
   * Starts or changes the watch of that number. Streams that match it later join it.
   * @throws Refusal `forbidden` if it names one stream that the principal may not view
   */
  watch(number: number, watch: Watch): void {
    if (this.#isClosed) return
    const { label, key } = watch
    if (label !== undefined && key !== undefined) demand(this.#principal, 'view', { label, key })
    const before = this.#watches.get(number)
    this.#watches.set(number, watch)
    if (before) for (const stream of this.streams) if (matches(before, stream.name)) this.#update(stream)
    if (label !== undefined && key !== undefined) {
      const stream = this.#hub.stream({ label, key })
      if (stream) this.#update(stream)
    } else {
      for (const stream of this.#hub.streams(label)) this.#update(stream)
    }
  }

  /** Ends the watch of that number; one that does not exist is no error. */
  unwatch(number: number): void {
    if (!this.#watches.delete(number)) return
    for (const stream of this.streams) this.#update(stream)
  }

  /** Something that the viewer has not been told yet; each stream's only once, as it is now. */
  takeNews(): News | undefined {
    for (const news of this.#news?.values() ?? []) {
      this.#news?.delete(news.stream)
      return news
    }
    return undefined
  }

  /**
   * The newest unseen frame of the stream that was served longest ago, of those that are due by their rate.
   * @param now ms since 1970
   * @returns undefined if there is none, or the time (ms since 1970) at which one that waits will be due
   */
  next(now: number): Delivery | number | undefined {
    let best: Subscription | undefined
    let later = Number.POSITIVE_INFINITY
    for (const subscription of this.#waiting) {
      if (best && subscription.turn >= best.turn) continue
      const due = dueAt(subscription)
      if (due <= now) best = subscription
      else later = Math.min(later, due)
    }
    if (!best?.waiting) return later === Number.POSITIVE_INFINITY ? undefined : later
    const frame = best.waiting
    best.waiting = undefined
    best.last = { id: frame.id, receivedAt: frame.receivedAt }
    best.turn = ++this.#deliveries
    this.#unwait(best)
    return { frame, meter: best.meter }
  }

  /** Whether a frame waits, be it due or not. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Nothing comes any more: its user closed it, its principal lost its rights, or the server is going down. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Ends all its watches; the hub forgets it. Wakes its user for the last time. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#watches.clear()
    for (const stream of this.streams) this.#drop(stream)
    this.#news?.clear()
    this.#principal.ended.removeEventListener('abort', this.#close)
    this.#hub.left(this)
    this.#wake()
  }

  /** For the hub: a stream has appeared. */
  discover(stream: Stream): void {
    this.#update(stream)
    if (this.#subscriptions.has(stream)) this.#tell({ kind: 'joined', stream })
  }

  /** For the hub: a stream is forgotten. */
  forget(stream: Stream): void {
    if (!this.#subscriptions.has(stream)) return
    this.#drop(stream)
    if (this.#news?.get(stream)?.kind === 'joined') this.#news.delete(stream)
    else this.#tell({ kind: 'left', stream })
  }

  /** For the hub: a stream's state changed. */
  stateChanged(stream: Stream): void {
    if (!this.#news || !this.#subscriptions.has(stream) || this.#news.has(stream)) return
    this.#tell({ kind: 'state', stream })
  }

  /** For the hub: a new frame of a stream that this viewer watches. */
  offer(subscription: Subscription, frame: Frame): void {
    if (!subscription.waiting) subscription.place = this.#waiting.push(subscription) - 1
    else if (isDue(subscription)) subscription.meter.skipped++
    subscription.waiting = frame
    this.#wake()
  }

  #tell(news: News): void {
    if (!this.#news) return
    this.#news.set(news.stream, news)
    this.#wake()
  }

  /** Makes the subscription to a stream what the watches say now. */
  #update(stream: Stream): void {
    const wishes = [...this.#watches.values()].filter((watch) => matches(watch, stream.name))
    if (wishes.length === 0 || !this.#principal.may('view', stream.name)) {
      this.#drop(stream)
      return
    }
    const wish = largest(wishes)
    let subscription = this.#subscriptions.get(stream)
    if (!subscription) {
      const meter = this.#hub.meters.out(stream.name, this.#dialect)
      subscription = { stream, viewer: this, meter, wish, waiting: undefined, last: undefined, turn: 0, place: 0 }
      this.#subscriptions.set(stream, subscription)
    }
    subscription.wish = wish
    if (wish.maxFps === 0) {
      this.#quieten(subscription)
      return
    }
    if (stream.subscriptions.has(subscription)) return
    stream.subscriptions.add(subscription)
    if (stream.newest && stream.newest.id !== subscription.last?.id) this.offer(subscription, stream.newest)
  }

  #drop(stream: Stream): void {
    const subscription = this.#subscriptions.get(stream)
    if (!subscription) return
    this.#quieten(subscription)
    this.#subscriptions.delete(stream)
  }

  /** No more frames of it. */
  #quieten(subscription: Subscription): void {
    subscription.stream.subscriptions.delete(subscription)
    if (subscription.waiting) this.#unwait(subscription)
    subscription.waiting = undefined
  }

  /** Takes it from the waiting ones, whose order is of no importance: the last takes its place. */
  #unwait(subscription: Subscription): void {
    const last = this.#waiting.pop()
    if (!last || last === subscription) return
    this.#waiting[subscription.place] = last
    last.place = subscription.place
  }
}

/** How a viewer is served. */
export interface ViewerOptions {
  /** The dialect it watches through, for the counts. */
  readonly dialect: string
  /** Called at once whenever `next` or `takeNews` may have something new. */
  readonly wake: () => void
  /** Whether it reads news; otherwise none is kept for it. */
  readonly news?: boolean
}

/** Stream names are compared as whole texts: a label is no pattern. */
function matches(watch: Watch, name: StreamName): boolean {
  if (watch.label === undefined) return true
  if (watch.key === undefined) return watch.label === name.label
  return streamId({ label: watch.label, key: watch.key }) === streamId(name)
}

function largest(wishes: readonly Wish[]): Wish {
  let { maxFps, width } = wishes[0] ?? {}
  for (const wish of wishes) {
    maxFps = maxFps === undefined || wish.maxFps === undefined ? undefined : Math.max(maxFps, wish.maxFps)
    width = width === undefined || wish.width === undefined ? undefined : Math.max(width, wish.width)
  }
  return { maxFps, width }
}

/** The slot of time that a frame falls into: one frame of each is due, so equal rates choose equal frames. */
function slot({ receivedAt }: { readonly receivedAt: number }, fps: number): number {
  return Math.floor((receivedAt * fps) / 1000)
}

/** Whether the waiting frame opens a new slot. */
function isDue({ waiting, last, wish }: Subscription): boolean {
  if (!waiting || !last || wish.maxFps === undefined) return waiting !== undefined
  return slot(waiting, wish.maxFps) > slot(last, wish.maxFps)
}

/**
 * When the waiting frame is due, ms since 1970. One that shares the last one's slot is so only after a whole period
 * without a newer: the last picture before a pause must not stay unseen.
 */
function dueAt(subscription: Subscription): number {
  const { waiting, wish } = subscription
  if (!waiting || isDue(subscription)) return 0
  return waiting.receivedAt + 1000 / (wish.maxFps ?? 1)
}
