import { may, type Scope, scopesFor } from './authorization.ts'
import type { Counters, FlowCounter } from './counters.ts'
import type { ViewerDemand, WatchedForm } from './demand.ts'
import type { Refusal } from './errors.ts'
import { type Accepts, ARRAY_KINDS, type Frame } from './frame.ts'
import type { Payload } from './payload.ts'
import { authorizeValues, type FrameViews } from './pictures-only.ts'
import { authorize, authorizeAny, type EndListener, forgetEnd, type Principal, whenEnded } from './principal.ts'
import { type QuotaClient, quotaClientOf } from './quota-client.ts'
import { RoundRobin } from './round-robin.ts'
import type { Stream } from './stream.ts'
import { type StreamChange, StreamChanges } from './stream-changes.ts'
import type { StreamName } from './stream-name.ts'
import { Subscription, type SubscriptionTerms } from './subscription.ts'
import { WatchIndex, type WatchOptions } from './watch-index.ts'

/** A frame that is due for the viewer, and the counter for sending it. */
export interface DueFrame<Carried extends Payload = Payload> {
  readonly frame: Frame<Carried>
  readonly counter: FlowCounter
}

/** Why nothing is made of what a watch wants. */
export interface WatchRefusal {
  /** The watch. */
  readonly number: number
  readonly refusal: Refusal
}

/** What a viewer needs from the hub. */
export interface ViewerHub {
  readonly counters: Counters
  readonly views: FrameViews
  /** The stream of that name, if it exists. */
  stream(name: StreamName): Stream | undefined
  /** The streams of a label, or all. */
  streams(label: string | undefined): Iterable<Stream>
  /** The stream that serves the demand: the stream itself or a rendition of it. */
  sourceFor(stream: Stream, demand: ViewerDemand, client: QuotaClient): Stream
  /** The viewer has closed. */
  left(viewer: AnyViewer): void
}

/** What the hub needs from a viewer, whatever payloads it accepts. */
export interface AnyViewer {
  /** A stream has appeared. */
  discover(stream: Stream): void
  /** A stream was removed. */
  forget(stream: Stream): void
  /** A stream's state or warnings have changed. */
  changed(stream: Stream): void
  /** Its frames may now come from another rendition. */
  reroute(stream: Stream): void
  /** Whether that principal, who is one person, watches the stream with it, and has since before the frame. */
  isFor(principal: Principal, stream: Stream, frame: Frame): boolean
  /** Ends all watches. */
  close(): void
}

/**
 * What one connection watches. It has no queue: of each stream only the newest frame waits, and `next` returns the one
 * of the stream served longest ago (`round-robin.ts`).
 */
export class Viewer<Carried extends Payload = Payload> implements AnyViewer, EndListener {
  readonly #hub: ViewerHub
  readonly #principal: Principal
  readonly #dialect: string
  readonly #wake: () => void
  readonly #watches = new WatchIndex()
  /** One of each stream, or two: of arrays a viewer may take both pictures and values. */
  readonly #subscriptions: Readonly<Record<WatchedForm, Map<Stream, Subscription<Carried>>>> = {
    pictures: new Map(),
    values: new Map(),
  }
  readonly #turns = new RoundRobin<Subscription<Carried>>()
  readonly #changes: StreamChanges | undefined
  /** Those to be reported, by the number of their watch. */
  readonly #refusals = new Map<number, Refusal>()
  readonly #terms: SubscriptionTerms<Carried>
  #isClosed = false

  /** Created by `Hub.watch`. */
  constructor(hub: ViewerHub, principal: Principal, options: ViewerOptions<Carried>) {
    this.#hub = hub
    this.#principal = principal
    this.#dialect = options.dialect
    this.#wake = options.wake
    this.#terms = {
      accepts: options.accepts,
      client: quotaClientOf(principal, options.client),
      offered: (subscription, isFirst) => {
        if (isFirst) this.#turns.add(subscription)
        this.#wake()
      },
      refused: (subscription, refusal) => this.#refused(subscription, refusal),
    }
    this.#changes = options.changes ? new StreamChanges() : undefined
    whenEnded(principal, this)
  }

  /** The streams that match its watches now, without those that are only remembered. */
  get streams(): Stream[] {
    return [...this.#followed].filter(({ remembered }) => !remembered)
  }

  /**
   * The newest frame of each of these streams, whether it was given already or not; none from before the viewer came to a
   * stream that starts with the next one, and none that it does not accept.
   */
  get newest(): Frame<Carried>[] {
    const { pictures, values } = this.#subscriptions
    return [...pictures.values(), ...values.values()].flatMap(({ newest }) =>
      newest ? [this.#hub.views.for(this.#principal, newest)] : [],
    )
  }

  /** How many watches it has. */
  get watchCount(): number {
    return this.#watches.size
  }

  /** Whether there is a watch with that number. */
  hasWatch(number: number): boolean {
    return this.#watches.get(number) !== undefined
  }

  /**
   * Starts or changes the watch with that number. Streams that appear later join it if they match.
   * @returns the streams that match it now, and how many were looked at for that
   * @throws Refusal `forbidden` if it names a stream that the principal may not view, or a label of which it may view
   *   nothing, or if it asks for values and the principal sees pictures only
   */
  watch(number: number, watch: WatchOptions): { readonly streams: readonly Stream[]; readonly visited: number } {
    if (this.#isClosed) return { streams: [], visited: 0 }
    const { label, key } = watch
    if (label !== undefined && key !== undefined) authorize(this.#principal, 'view', { label, key })
    else authorizeAny(this.#principal, 'view', label)
    if (watch.values) authorizeValues(this.#principal)
    const before = this.#watches.get(number)
    this.#watches.set(number, watch)
    let visited = 0
    if (before && (before.label !== label || before.key !== key)) visited += this.#updateAll(before)
    visited += this.#updateAll(watch)
    const streams: Stream[] = []
    for (const stream of this.#selectedBy(watch)) {
      if (!this.#follows(stream)) continue
      streams.push(stream)
      // Each watch that asks for it is told.
      const subscription = this.#subscriptions[watch.values ? 'values' : 'pictures'].get(stream)
      if (subscription?.refusal && watch.maxFps !== 0) this.#refused(subscription, subscription.refusal)
    }
    return { streams, visited }
  }

  /** Ends the watch with that number; does nothing if there is none. @returns how many streams matched it */
  unwatch(number: number): number {
    const ended = this.#watches.get(number)
    if (!ended) return 0
    this.#watches.delete(number)
    this.#refusals.delete(number)
    return this.#updateAll(ended)
  }

  /** Takes the next stream change to report; at most one for each stream, described as it is now. */
  takeChange(): StreamChange | undefined {
    return this.#changes?.take()
  }

  /**
   * Takes the next reason to report for which nothing is made of what a watch wants: at most one for each watch, the last.
   * Kept for viewers that report stream changes.
   */
  takeRefusal(): WatchRefusal | undefined {
    for (const [number, refusal] of this.#refusals) {
      this.#refusals.delete(number)
      return { number, refusal }
    }
    return undefined
  }

  /**
   * The newest unseen frame of the stream that was served longest ago, among those that are due by their frame rate.
   * @param now ms since 1970
   * @returns undefined if there is none, or the time (ms since 1970) at which the first waiting frame is due
   */
  next(now: number): DueFrame<Carried> | number | undefined {
    const next = this.#turns.next(now)
    if (typeof next !== 'object') return next
    const frame = next.take()
    return frame && { frame: this.#hub.views.for(this.#principal, frame), counter: next.counter }
  }

  /** Whether a frame is waiting, due or not. */
  get isWaiting(): boolean {
    return this.#turns.size > 0
  }

  /**
   * Whether nothing more will come: it was closed by its owner, because its principal ended, or because the server
   * shuts down.
   */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Ends all its watches and removes it from the hub. Calls `wake` a last time. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#watches.clear()
    for (const stream of this.#followed) this.#drop(stream)
    this.#changes?.clear()
    this.#refusals.clear()
    forgetEnd(this.#principal, this)
    this.#hub.left(this)
    this.#wake()
  }

  /** For the principal. */
  principalEnded(): void {
    this.close()
  }

  discover(stream: Stream): void {
    this.#update(stream)
    if (this.#follows(stream) && this.#changes?.joined(stream)) this.#wake()
  }

  forget(stream: Stream): void {
    if (!this.#follows(stream)) return
    this.#drop(stream)
    if (this.#changes?.left(stream)) this.#wake()
  }

  reroute(stream: Stream): void {
    if (this.#follows(stream)) this.#update(stream)
  }

  isFor({ id, isShared }: Principal, stream: Stream, frame: Frame): boolean {
    const { pictures, values } = this.#subscriptions
    const isForOne = pictures.get(stream)?.isFor(frame) || values.get(stream)?.isFor(frame)
    return this.#principal.id === id && !isShared && (isForOne ?? false)
  }

  changed(stream: Stream): void {
    if (this.#changes && this.#follows(stream) && this.#changes.changed(stream)) this.#wake()
  }

  /** Makes the subscriptions to all streams that a watch selects match the watches. @returns how many streams */
  #updateAll(watch: WatchOptions): number {
    let count = 0
    for (const stream of this.#selectedBy(watch)) {
      this.#update(stream)
      count++
    }
    return count
  }

  /** The streams that a watch selects, without those of labels that the principal may not see at all. */
  *#selectedBy({ label, key }: WatchOptions): Iterable<Stream> {
    if (label !== undefined && key !== undefined) {
      const stream = this.#hub.stream({ label, key })
      if (stream) yield stream
      return
    }
    const labels = label === undefined ? labelsIn(scopesFor(this.#principal, 'view')) : [label]
    for (const each of labels) yield* this.#hub.streams(each)
  }

  /** The streams that it has subscriptions to. */
  get #followed(): ReadonlySet<Stream> {
    const { pictures, values } = this.#subscriptions
    return new Set([...pictures.keys(), ...values.keys()])
  }

  #follows(stream: Stream): boolean {
    const { pictures, values } = this.#subscriptions
    return pictures.has(stream) || values.has(stream)
  }

  /** Makes the subscriptions to a stream match the watches. */
  #update(stream: Stream): void {
    const { pictures, values } = may(this.#principal, 'view', stream.name) ? this.#wantedOf(stream) : NOTHING
    // What is dropped leaves its place to what comes.
    if (!pictures) this.#dropForm(stream, 'pictures')
    if (!values) this.#dropForm(stream, 'values')
    if (pictures) this.#updateForm(stream, 'pictures', pictures)
    if (values) this.#updateForm(stream, 'values', values)
  }

  /**
   * What the watches ask for: together, or where some want values and some want pictures, apart. Of a stream of pictures they
   * share these, and who is subscribed to its values waits for arrays, not to miss the first one.
   */
  #wantedOf(stream: Stream): Readonly<Partial<Record<WatchedForm, ViewerDemand>>> {
    const all = this.#watches.demandFor(stream.name)
    if (!all) return NOTHING
    const { accepts } = this.#terms
    const inKinds = (demand: ViewerDemand) => ({ ...demand, kinds: accepts.kindsFor?.(demand) ?? accepts.kinds })
    if (!all.values) return { pictures: inKinds(all) }
    const pictures = this.#watches.demandForForm(stream.name, 'pictures')
    const values = this.#watches.demandForForm(stream.name, 'values')
    if (!pictures || !values || pictures.maxFps === 0) return { values: inKinds(all) }
    const { kind = 'image' } = stream
    const shown = kind === 'image' ? { ...all, values: undefined, compression: undefined } : pictures
    return { pictures: inKinds(shown), values: { ...values, kinds: ARRAY_KINDS } }
  }

  #updateForm(stream: Stream, form: WatchedForm, demand: ViewerDemand): void {
    let subscription = this.#subscriptions[form].get(stream)
    if (!subscription) {
      const counter = this.#hub.counters.out(stream.name, this.#dialect)
      subscription = new Subscription(stream, counter, demand, this.#terms)
      this.#subscriptions[form].set(stream, subscription)
    }
    // What waits may be of a kind that is no longer wanted, or not be the values that are.
    if (!takesTheSame(subscription.demand, demand) || !subscription.isWaitingFor(demand)) this.#quieten(subscription)
    subscription.demand = demand
    if (demand.maxFps === 0) {
      this.#quieten(subscription)
      return
    }
    subscription.follow(this.#hub.sourceFor(stream, demand, this.#terms.client))
  }

  #refused({ stream, demand }: Subscription<Carried>, refusal: Refusal): void {
    const number = this.#changes && this.#watches.numberFor(stream.name, demand.values ? 'values' : 'pictures')
    if (number === undefined) return
    this.#refusals.set(number, refusal)
    this.#wake()
  }

  #drop(stream: Stream): void {
    this.#dropForm(stream, 'pictures')
    this.#dropForm(stream, 'values')
  }

  #dropForm(stream: Stream, form: WatchedForm): void {
    const subscription = this.#subscriptions[form].get(stream)
    if (!subscription) return
    this.#quieten(subscription)
    this.#subscriptions[form].delete(stream)
  }

  /** Stops its frames. */
  #quieten(subscription: Subscription<Carried>): void {
    if (subscription.isWaiting) this.#turns.remove(subscription)
    subscription.stop()
  }
}

/** Options of a viewer. */
export interface ViewerOptions<Carried extends Payload = Payload> {
  /** Who exactly watches, as in `quotaClientOf`: in whose share its renditions count. */
  readonly client?: string
  /** Its dialect, for the metrics. */
  readonly dialect: string
  /** The frames that the dialect can write, such as `IMAGES`. It gets no others. */
  readonly accepts: Accepts<Carried>
  /** Called at once whenever `next` or `takeChange` may have something new. */
  readonly wake: () => void
  /** Whether it reports stream changes; otherwise none are kept. */
  readonly changes?: boolean
}

/** Whether what waits for the one demand may be sent to the other: a larger picture, or one in other colours, may. */
function takesTheSame(one: ViewerDemand, other: ViewerDemand): boolean {
  return one.values === other.values && one.compression === other.compression
}

/** Nothing of a stream is wanted. */
const NOTHING: Readonly<Partial<Record<WatchedForm, ViewerDemand>>> = {}

/** The labels that scopes name; [undefined], which stands for all, if one of them is not a list of labels. */
function labelsIn(scopes: readonly Scope[]): readonly (string | undefined)[] {
  const labels = new Set<string>()
  for (const scope of scopes) {
    if (scope.kind === 'all' || scope.kind === 'patterns') return [undefined]
    const named = scope.kind === 'labels' ? scope.labels : scope.streams.map((stream) => stream.label)
    for (const label of named) labels.add(label)
  }
  return [...labels]
}
