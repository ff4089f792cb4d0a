import { may } from './authorization.ts'
import type { Clock } from './clock.ts'
import type { Counters } from './counters.ts'
import { type Declaration, DeclaredStream, type DeclareOptions, type StreamProvider } from './declared-stream.ts'
import type { Demand, ViewerDemand } from './demand.ts'
import { messageOf, Refusal } from './errors.ts'
import { Frame, type FrameInput } from './frame.ts'
import { type FrameId, nextFrameId } from './frame-id.ts'
import type { FrameStore } from './frame-store.ts'
import { LivenessMonitor } from './liveness-monitor.ts'
import { byteLengthOf, type Payload } from './payload.ts'
import { authorize, authorizeAny, type Principal } from './principal.ts'
import { Stream, type StreamCondition, type StreamRules, type StreamState } from './stream.ts'
import type { StreamName } from './stream-name.ts'
import { StreamTable } from './stream-table.ts'
import { type AnyViewer, Viewer, type ViewerHub, type ViewerOptions } from './viewer.ts'

/** What became of a published frame. */
export interface Published {
  readonly id: FrameId
  /** Why it could not be stored; it was shown live all the same. */
  readonly notStored?: string
}

/** A stream as people and programs see it. */
export interface StreamStatus extends StreamName {
  readonly state: StreamState
  /** Why it is in that state, in words for people. */
  readonly reason: string
  /** When the state last changed: ms since 1970. */
  readonly since: number
  readonly fps: number
  readonly bytesPerSecond: number
  readonly demand: Demand
  /** Of a declared stream there may be none yet. */
  readonly newest: Frame | undefined
}

/** Settings of the hub. */
export interface HubRules extends StreamRules {
  /** How many streams there may be; one more is refused. */
  readonly maxStreams: number
  /** How long to wait for the store, in ms, before a frame is shown without being stored. */
  readonly storeTimeout: number
}

/** Makes streams of smaller pictures, or of pictures from values, out of the hub's streams. */
export interface Renditions {
  /**
   * The stream whose frames serve a demand, if it is another than the one that is watched: a `Stream` that is not the
   * hub's, whose frames keep name, id, number, times and size of the original's. After a change of its answers
   * `Hub.reroute` is to be called.
   */
  sourceFor(stream: Stream, demand: ViewerDemand): Stream | undefined
}

/** What the hub is made of. */
export interface HubParts {
  readonly clock: Clock
  readonly store: FrameStore
  readonly counters: Counters
  readonly rules: HubRules
  /** Without it everybody gets the originals. */
  readonly renditions?: Renditions
}

/**
 * Publish and subscribe, fan-out: where all frames meet all viewers. `publish`, `accept`, `declare`, `watch`, `list`
 * and `find` are its only doors, and each takes first who asks.
 */
export class Hub {
  readonly #clock: Clock
  readonly #store: FrameStore
  readonly #counters: Counters
  readonly #rules: HubRules
  readonly #streams: StreamTable
  readonly #viewers = new Set<AnyViewer>()
  readonly #forViewers: ViewerHub
  readonly #liveness: LivenessMonitor

  constructor(parts: HubParts) {
    this.#clock = parts.clock
    this.#store = parts.store
    this.#counters = parts.counters
    this.#rules = parts.rules
    this.#streams = new StreamTable(parts.rules.maxStreams)
    this.#forViewers = {
      counters: parts.counters,
      stream: (name) => this.#streams.get(name),
      streams: (label) => this.#streams.of(label),
      sourceFor: (stream, demand) => parts.renditions?.sourceFor(stream, demand) ?? stream,
      left: (viewer) => this.#viewers.delete(viewer),
    }
    this.#liveness = new LivenessMonitor({
      clock: parts.clock,
      streams: () => this.#streams.of(),
      changed: (stream) => this.#tellChanged(stream),
      expired: (stream) => this.#forget(stream),
    })
  }

  /** How many viewers there are. */
  get viewers(): number {
    return this.#viewers.size
  }

  /**
   * Stores a frame and shows it. If the store fails or takes too long, it is shown all the same.
   * @param dialect what it came in through, for the counts
   * @throws Refusal `forbidden`; `exhausted` when it would open one stream too many
   */
  async publish(principal: Principal, input: FrameInput, dialect: string): Promise<Published> {
    authorize(principal, 'publish', input.stream)
    this.#streams.reserve(input.stream)
    const receivedAt = this.#clock.now()
    let id: FrameId
    let notStored: string | undefined
    try {
      id = await this.#inTime(this.#store.append(input, receivedAt))
    } catch (error) {
      notStored = messageOf(error)
      id = this.#idWithoutStore(input.stream, receivedAt)
    }
    this.#take(input, id, receivedAt, dialect)
    return notStored === undefined ? { id } : { id, notStored }
  }

  /**
   * Shows a frame that has its id already to whoever watches its stream: synchronous, no I/O. For what comes from the
   * store; checked and counted as what is published.
   * @param dialect what it came in through, for the counts
   * @returns false if the stream has a frame of this id or a later one: it is ignored
   * @throws Refusal `forbidden`; `exhausted` when it would open one stream too many
   */
  accept(principal: Principal, input: FrameInput, id: FrameId, receivedAt: number, dialect: string): boolean {
    authorize(principal, 'publish', input.stream)
    this.#streams.reserve(input.stream)
    // An echo of what was published here is counted already.
    if (this.#streams.get(input.stream)?.frame(id)) return false
    return this.#take(input, id, receivedAt, dialect)
  }

  /**
   * Makes a stream exist before its first frame: it is listed, can be watched and counts as any other, and its provider
   * is told when frames are wanted of it.
   * @throws Refusal `forbidden`; `taken` when somebody declares it already; `exhausted` when it would be one stream too
   *   many
   */
  declare(principal: Principal, name: StreamName, options: DeclareOptions, provider: StreamProvider): Declaration {
    authorize(principal, 'publish', name)
    if (this.#streams.get(name)?.declared)
      throw new Refusal('taken', `The stream "${name.label}/${name.key}" is declared already`)
    this.#streams.reserve(name)
    const declared = new DeclaredStream(this.#clock, options, provider, () => {
      const stream = this.#streams.get(name)
      if (stream?.declared === declared) this.#liveness.settle(stream)
    })
    // Before anybody is told of the stream: one that is always fed is never idle.
    declared.begin()
    const stream = this.#open(name, declared)
    this.#liveness.settle(stream)
    declared.want(stream.demand)
    return {
      get demand() {
        return declared.demand
      },
      failed: (reason) => declared.fail(reason),
      withdraw: () => this.#withdraw(stream, declared),
    }
  }

  /**
   * A viewer without any watch yet.
   * @throws Refusal `forbidden` if the principal may view nothing
   */
  watch<Carried extends Payload>(principal: Principal, options: ViewerOptions<Carried>): Viewer<Carried> {
    authorizeAny(principal, 'view')
    const viewer = new Viewer<Carried>(this.#forViewers, principal, options)
    this.#viewers.add(viewer)
    return viewer
  }

  /**
   * The streams that the principal may view, by label and key.
   * @throws Refusal `forbidden` if it may view nothing
   */
  list(principal: Principal): StreamStatus[] {
    authorizeAny(principal, 'view')
    const visible = [...this.#streams.of()].filter((stream) => may(principal, 'view', stream.name))
    return visible.map((stream) => this.status(stream)).sort(byName)
  }

  /**
   * A frame that is still kept: the newest, or the one of that id.
   * @throws Refusal `forbidden`; `not_found` if there is no such stream or frame
   */
  find(principal: Principal, name: StreamName, id?: string): Frame {
    authorize(principal, 'view', name)
    const stream = this.#streams.get(name)
    if (!stream) throw noSuchStream(name)
    if (!stream.newest) throw new Refusal('not_found', `There is no picture of "${name.label}/${name.key}" yet`)
    const frame = id === undefined ? stream.newest : stream.frame(id)
    if (!frame) throw new Refusal('not_found', `The frame ${id} is not kept; only the newest few are`)
    return frame
  }

  /**
   * How long, in ms, it is worth waiting for the first picture of a declared stream that is asked for one: of one that
   * has shown none yet, or slept until now. undefined: there is a picture, or none is to be expected.
   * @throws Refusal `forbidden`
   */
  startTimeout(principal: Principal, name: StreamName): number | undefined {
    authorize(principal, 'view', name)
    const stream = this.#streams.get(name)
    if (!stream?.declared) return undefined
    const { when, startTimeout } = stream.declared.options
    const hasSlept = when === 'on-demand' && (stream.state === 'idle' || stream.state === 'starting')
    return hasSlept || stream.newest === undefined ? startTimeout : undefined
  }

  /** Whether a source feeds the stream. @throws Refusal `forbidden` */
  isDeclared(principal: Principal, name: StreamName): boolean {
    authorize(principal, 'publish', name)
    return this.#streams.get(name)?.declared !== undefined
  }

  /** How a stream is doing and why. @throws Refusal `forbidden`; `not_found` if there is no such stream */
  condition(principal: Principal, name: StreamName): StreamCondition {
    authorize(principal, 'view', name)
    const stream = this.#streams.get(name)
    if (!stream) throw noSuchStream(name)
    return stream.condition
  }

  /** How a stream is doing now. For those who got hold of it through a viewer, which checked that they may. */
  status(stream: Stream): StreamStatus {
    const now = this.#clock.monotonic()
    return {
      ...stream.name,
      ...stream.condition,
      since: stream.since,
      ...stream.frameRate.rate(now),
      demand: stream.demand,
      newest: stream.newest,
    }
  }

  /** Whoever watches the stream is asked anew which rendition it is to be served from. */
  reroute(stream: Stream): void {
    for (const viewer of this.#viewers) viewer.reroute(stream)
  }

  /** The state of every stream, for the counts. */
  states(): { state: StreamState }[] {
    return [...this.#streams.of()].map(({ state }) => ({ state }))
  }

  /** Ends all viewers and stops watching over the streams. */
  close(): void {
    this.#liveness.stop()
    for (const viewer of [...this.#viewers]) viewer.close()
  }

  /**
   * An id just above the stream's newest, not one of this server's time: the store's clock may be behind, and what it
   * gives ids to when it is back must be newer still.
   */
  #idWithoutStore(name: StreamName, now: number): FrameId {
    const newest = this.#streams.get(name)?.newest?.id
    return nextFrameId(newest, newest === undefined ? now : 0)
  }

  /** The stream of that name; where there is none one is made, for which a place was reserved. */
  #open(name: StreamName, declared?: DeclaredStream): Stream {
    const known = this.#streams.get(name)
    if (known) {
      if (declared) known.declared = declared
      return known
    }
    const stream = new Stream(name, this.#rules, this.#clock.now(), this.#demandChanged)
    if (declared) {
      stream.declared = declared
      stream.condition = stream.conditionAt(this.#clock.monotonic())
    }
    this.#streams.add(stream)
    for (const viewer of this.#viewers) viewer.discover(stream)
    this.#liveness.start()
    return stream
  }

  /** @returns false if it is not newer than the newest */
  #take(input: FrameInput, id: FrameId, receivedAt: number, dialect: string): boolean {
    const counter = this.#counters.in(input.stream, dialect)
    counter.frames++
    counter.bytes += byteLengthOf(input.payload)
    const stream = this.#open(input.stream)
    const frame = new Frame(input, id, receivedAt, stream.nextSequence)
    const warnedOf = stream.warnings.names
    if (!stream.take(frame, this.#clock.monotonic())) {
      counter.skipped++
      return false
    }
    this.#liveness.settle(stream, warnedOf)
    for (const subscriber of stream.subscribers) subscriber.offer(frame)
    return true
  }

  // One function for all streams.
  readonly #demandChanged = (stream: Stream, demand: Demand): void => {
    stream.declared?.want(demand)
    this.#store.demandChanged(stream.name, demand)
  }

  #withdraw(stream: Stream, declared: DeclaredStream): void {
    if (stream.declared !== declared) return
    declared.withdraw()
    stream.declared = undefined
    if (stream.newest) this.#liveness.settle(stream)
    else this.#forget(stream)
  }

  #tellChanged(stream: Stream): void {
    for (const viewer of this.#viewers) viewer.changed(stream)
  }

  #forget(stream: Stream): void {
    this.#streams.remove(stream)
    for (const viewer of this.#viewers) viewer.forget(stream)
    this.#counters.forget(stream.name)
    this.#store.forget(stream.name)
  }

  #inTime<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const ms = this.#rules.storeTimeout
      const cancel = this.#clock.after(ms, () => reject(new Error(`the store did not answer within ${ms} ms`)))
      promise.then(resolve, reject).finally(cancel)
    })
  }
}

function noSuchStream({ label, key }: StreamName): Refusal {
  return new Refusal('not_found', `There is no stream "${label}/${key}"`)
}

function byName(a: StreamName, b: StreamName): number {
  if (a.label !== b.label) return a.label < b.label ? -1 : 1
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}
