import { may } from './authorization.ts'
import type { Counters, FlowCounter } from './counters.ts'
import { largestDemand, type ViewerDemand } from './demand.ts'
import type { Accepts, Frame } from './frame.ts'
import type { Payload } from './payload.ts'
import { authorize, authorizeAny, type Principal } from './principal.ts'
import { RoundRobin } from './round-robin.ts'
import type { Stream } from './stream.ts'
import { type StreamChange, StreamChanges } from './stream-changes.ts'
import { matches, type StreamName } from './stream-name.ts'
import { Subscription, type SubscriptionTerms } from './subscription.ts'

/** What a viewer wants to see, and how much of it. */
export interface WatchOptions extends Omit<ViewerDemand, 'kinds'> {
  /** Everything the principal may see if left out. */
  readonly label?: string | undefined
  /** The label's changing set of streams if left out. */
  readonly key?: string | undefined
}

/** A frame that is due for the viewer, and where to count that it was sent. */
export interface DueFrame<Carried extends Payload = Payload> {
  readonly frame: Frame<Carried>
  readonly counter: FlowCounter
}

/** What a viewer needs of the hub. */
export interface ViewerHub {
  readonly counters: Counters
  stream(name: StreamName): Stream | undefined
  /** The streams of a label, or all. */
  streams(label: string | undefined): Iterable<Stream>
  /** The stream whose frames serve that demand: the stream itself, or a rendition of it. */
  sourceFor(stream: Stream, demand: ViewerDemand): Stream
  left(viewer: AnyViewer): void
}

/** What the hub needs of a viewer, whatever payloads that takes. */
export interface AnyViewer {
  /** A stream has appeared. */
  discover(stream: Stream): void
  /** A stream is forgotten. */
  forget(stream: Stream): void
  /** A stream's state or warnings changed. */
  changed(stream: Stream): void
  /** Its frames may come from another stream than before. */
  reroute(stream: Stream): void
  close(): void
}

/**
 * What one connection watches. It holds no queue: of each stream only the newest frame waits, and `next` gives out that
 * of the stream served longest ago (`round-robin.ts`).
 */
export class Viewer<Carried extends Payload = Payload> implements AnyViewer {
  readonly #hub: ViewerHub
  readonly #principal: Principal
  readonly #dialect: string
  readonly #wake: () => void
  readonly #watches = new Map<number, WatchOptions>()
  readonly #subscriptions = new Map<Stream, Subscription<Carried>>()
  readonly #turns = new RoundRobin<Subscription<Carried>>()
  readonly #changes: StreamChanges | undefined
  readonly #close = () => this.close()
  readonly #terms: SubscriptionTerms<Carried>
  #isClosed = false

  /** Made by `Hub.watch`. */
  constructor(hub: ViewerHub, principal: Principal, options: ViewerOptions<Carried>) {
    this.#hub = hub
    this.#principal = principal
    this.#dialect = options.dialect
    this.#wake = options.wake
    this.#terms = {
      accepts: options.accepts,
      offered: (subscription, isFirst) => {
        if (isFirst) this.#turns.add(subscription)
        this.#wake()
      },
    }
    this.#changes = options.changes ? new StreamChanges() : undefined
    // The system never ends, and may have any number of viewers.
    if (principal.kind !== 'system') principal.ended.addEventListener('abort', this.#close)
  }

  /** The streams that are watched now. */
  get streams(): Stream[] {
    return [...this.#subscriptions.keys()]
  }

  /**
   * Starts or changes the watch of that number. Streams that match it later join it.
   * @throws Refusal `forbidden` if it names a stream that the principal may not view, or a label of which it may see
   *   nothing
   */
  watch(number: number, watch: WatchOptions): void {
    if (this.#isClosed) return
    const { label, key } = watch
    if (label !== undefined && key !== undefined) authorize(this.#principal, 'view', { label, key })
    else authorizeAny(this.#principal, 'view', label)
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
    const ended = this.#watches.get(number)
    if (!ended) return
    this.#watches.delete(number)
    for (const stream of this.streams) if (matches(ended, stream.name)) this.#update(stream)
  }

  /** What happened to a stream and the viewer has not been told yet; each stream's only once, as it is now. */
  takeChange(): StreamChange | undefined {
    return this.#changes?.take()
  }

  /**
   * The newest unseen frame of the stream that was served longest ago, of those that are due by their rate.
   * @param now ms since 1970
   * @returns undefined if there is none, or the time (ms since 1970) at which one that waits will be due
   */
  next(now: number): DueFrame<Carried> | number | undefined {
    const next = this.#turns.next(now)
    if (typeof next !== 'object') return next
    const frame = next.take()
    return frame && { frame, counter: next.counter }
  }

  /** Whether a frame waits, be it due or not. */
  get isWaiting(): boolean {
    return this.#turns.size > 0
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
    this.#changes?.clear()
    this.#principal.ended.removeEventListener('abort', this.#close)
    this.#hub.left(this)
    this.#wake()
  }

  discover(stream: Stream): void {
    this.#update(stream)
    if (this.#subscriptions.has(stream) && this.#changes?.joined(stream)) this.#wake()
  }

  forget(stream: Stream): void {
    if (!this.#subscriptions.has(stream)) return
    this.#drop(stream)
    if (this.#changes?.left(stream)) this.#wake()
  }

  reroute(stream: Stream): void {
    if (this.#subscriptions.has(stream)) this.#update(stream)
  }

  changed(stream: Stream): void {
    if (this.#changes && this.#subscriptions.has(stream) && this.#changes.changed(stream)) this.#wake()
  }

  /** Makes the subscription to a stream what the watches say now. */
  #update(stream: Stream): void {
    const demands = [...this.#watches.values()].filter((watch) => matches(watch, stream.name))
    if (demands.length === 0 || !may(this.#principal, 'view', stream.name)) {
      this.#drop(stream)
      return
    }
    const demand = { ...largestDemand(demands), kinds: this.#terms.accepts.kinds }
    let subscription = this.#subscriptions.get(stream)
    if (!subscription) {
      const counter = this.#hub.counters.out(stream.name, this.#dialect)
      subscription = new Subscription(stream, counter, demand, this.#terms)
      this.#subscriptions.set(stream, subscription)
    }
    subscription.demand = demand
    if (demand.maxFps === 0) {
      this.#quieten(subscription)
      return
    }
    subscription.follow(this.#hub.sourceFor(stream, demand))
  }

  #drop(stream: Stream): void {
    const subscription = this.#subscriptions.get(stream)
    if (!subscription) return
    this.#quieten(subscription)
    this.#subscriptions.delete(stream)
  }

  /** No more frames of it. */
  #quieten(subscription: Subscription<Carried>): void {
    if (subscription.isWaiting) this.#turns.remove(subscription)
    subscription.stop()
  }
}

/** How a viewer is served. */
export interface ViewerOptions<Carried extends Payload = Payload> {
  /** The dialect it watches through, for the counts. */
  readonly dialect: string
  /** The frames that the dialect can write: `IMAGES`, say. Of others it is offered none. */
  readonly accepts: Accepts<Carried>
  /** Called at once whenever `next` or `takeChange` may have something new. */
  readonly wake: () => void
  /** Whether it takes changes of streams; otherwise none are kept for it. */
  readonly changes?: boolean
}
