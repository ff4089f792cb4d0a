import type { Clock } from './clock.ts'
import { Refusal } from './errors.ts'
import { Frame, type FrameInput } from './frame.ts'
import { type FrameId, nextFrameId } from './frame-id.ts'
import type { Meters } from './meters.ts'
import { type StreamName, streamId } from './names.ts'
import { authorize, authorizeAny, type Principal } from './principal.ts'
import type { FrameStore } from './store.ts'
import { type Demand, Stream, type StreamRules, type StreamState } from './stream.ts'
import { type Directory, Viewer, type ViewerOptions } from './viewer.ts'

/** What became of a published frame. */
export interface Published {
  readonly id: FrameId
  /** Why it could not be stored; it was shown live all the same. */
  readonly notStored?: string
}

/** A stream as people and programs see it. */
export interface StreamStatus extends StreamName {
  readonly state: StreamState
  /** When the state last changed: ms since 1970. */
  readonly since: number
  readonly fps: number
  readonly bytesPerSecond: number
  readonly demand: Demand
  readonly newest: Frame | undefined
}

/** Settings of the hub. */
export interface HubRules extends StreamRules {
  /** How many streams there may be; one more is refused. */
  readonly maxStreams: number
  /** How long to wait for the store, in ms, before a frame is shown without being stored. */
  readonly storeTimeout: number
}

/**
 * Where all frames meet all viewers. `publish`, `watch`, `list` and `find` are its only doors for people and programs,
 * and each takes first who asks.
 */
export class Hub {
  readonly #clock: Clock
  readonly #store: FrameStore
  readonly #meters: Meters
  readonly #rules: HubRules
  readonly #streams = new Map<string, Stream>()
  readonly #labels = new Map<string, Set<Stream>>()
  readonly #viewers = new Set<Viewer>()
  readonly #directory: Directory
  /** Streams that are published to for the first time, and wait for the store. */
  readonly #opening = new Set<string>()
  #cancelSweep: (() => void) | undefined

  constructor(parts: { clock: Clock; store: FrameStore; meters: Meters; rules: HubRules }) {
    this.#clock = parts.clock
    this.#store = parts.store
    this.#meters = parts.meters
    this.#rules = parts.rules
    this.#directory = {
      meters: parts.meters,
      stream: (name) => this.#streams.get(streamId(name)),
      streams: (label) => (label === undefined ? this.#streams.values() : (this.#labels.get(label) ?? [])),
      left: (viewer) => this.#viewers.delete(viewer),
    }
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
    this.#reserve(input.stream)
    const receivedAt = this.#clock.now()
    let id: FrameId
    let notStored: string | undefined
    try {
      id = await this.#inTime(this.#store.append(input, receivedAt))
    } catch (error) {
      notStored = error instanceof Error ? error.message : String(error)
      id = this.#idWithoutStore(input.stream, receivedAt)
    }
    const meter = this.#meters.in(input.stream, dialect)
    meter.frames++
    meter.bytes += input.image.bytes.length
    if (!this.accept(input, id, receivedAt)) meter.skipped++
    return notStored === undefined ? { id } : { id, notStored }
  }

  /**
   * Shows a frame to whoever watches its stream: synchronous, no I/O. For sources that bring their own ids.
   * @returns false if the stream has a frame of this id or a later one: it is ignored
   */
  accept(input: FrameInput, id: FrameId, receivedAt: number): boolean {
    const stream = this.#open(input.stream)
    const frame = new Frame(input, id, receivedAt, stream.nextSequence)
    const warnedOf = stream.warnings.names
    if (!stream.take(frame, this.#clock.monotonic())) return false
    if (!this.#setState(stream, 'live') && stream.warnings.names !== warnedOf) this.#tellChanged(stream)
    for (const subscriber of stream.subscribers) subscriber.offer(frame)
    return true
  }

  /**
   * How much of a stream its viewers wish for, for whoever publishes it; of one that is not known yet, nothing.
   * @throws Refusal `forbidden` if the principal may not publish it
   */
  demand(principal: Principal, name: StreamName): Demand {
    authorize(principal, 'publish', name)
    return this.#streams.get(streamId(name))?.demand() ?? { viewers: 0, maxFps: 0, maxWidth: 0 }
  }

  /**
   * A viewer without any watch yet.
   * @throws Refusal `forbidden` if the principal may view nothing
   */
  watch(principal: Principal, options: ViewerOptions): Viewer {
    authorizeAny(principal, 'view')
    const viewer = new Viewer(this.#directory, principal, options)
    this.#viewers.add(viewer)
    return viewer
  }

  /**
   * The streams that the principal may view, by label and key.
   * @throws Refusal `forbidden` if it may view nothing
   */
  list(principal: Principal): StreamStatus[] {
    authorizeAny(principal, 'view')
    const visible = [...this.#streams.values()].filter((stream) => principal.may('view', stream.name))
    return visible.map((stream) => this.status(stream)).sort(byName)
  }

  /**
   * A frame that is still kept: the newest, or the one of that id.
   * @throws Refusal `forbidden`; `not_found` if there is no such stream or frame
   */
  find(principal: Principal, name: StreamName, id?: string): Frame {
    authorize(principal, 'view', name)
    const stream = this.#streams.get(streamId(name))
    if (!stream?.newest) throw new Refusal('not_found', `There is no stream "${name.label}/${name.key}"`)
    const frame = id === undefined ? stream.newest : stream.frame(id)
    if (!frame) throw new Refusal('not_found', `The frame ${id} is not kept; only the newest few are`)
    return frame
  }

  /** How a stream does now. For those who got hold of it through a viewer, which checked that they may. */
  status(stream: Stream): StreamStatus {
    const now = this.#clock.monotonic()
    return {
      ...stream.name,
      state: stream.state,
      since: stream.since,
      ...stream.pulse.rate(now),
      demand: stream.demand(),
      newest: stream.newest,
    }
  }

  /** The state of every stream, for the counts. */
  states(): { state: StreamState }[] {
    return [...this.#streams.values()].map(({ state }) => ({ state }))
  }

  /** Ends all viewers and stops watching over the streams. */
  close(): void {
    this.#cancelSweep?.()
    for (const viewer of [...this.#viewers]) viewer.close()
  }

  /** @throws Refusal `exhausted` when the stream would be one too many */
  #reserve(name: StreamName): void {
    const id = streamId(name)
    if (this.#streams.has(id) || this.#opening.has(id)) return
    if (this.#streams.size + this.#opening.size >= this.#rules.maxStreams)
      throw new Refusal(
        'exhausted',
        `there are ${this.#rules.maxStreams} streams already, which is the limit (streams.max)`,
      )
    this.#opening.add(id)
  }

  /**
   * An id just above the stream's newest, not one of this server's time: the store's clock may be behind, and what it
   * gives ids to when it is back must be newer still.
   */
  #idWithoutStore(name: StreamName, now: number): FrameId {
    const newest = this.#streams.get(streamId(name))?.newest?.id
    return nextFrameId(newest, newest === undefined ? now : 0)
  }

  #open(name: StreamName): Stream {
    const known = this.#streams.get(streamId(name))
    if (known) return known
    this.#opening.delete(streamId(name))
    const stream = new Stream(name, this.#rules, this.#clock.now())
    this.#streams.set(streamId(name), stream)
    const label = this.#labels.get(name.label) ?? new Set()
    this.#labels.set(name.label, label.add(stream))
    for (const viewer of this.#viewers) viewer.discover(stream)
    this.#cancelSweep ??= this.#clock.after(SWEEP_MS, () => this.#sweep())
    return stream
  }

  /** Nobody sends news of silence, so it is looked for. */
  #sweep(): void {
    const now = this.#clock.monotonic()
    for (const stream of this.#streams.values()) {
      if (stream.isForgotten(now)) {
        this.#forget(stream)
        continue
      }
      const warnedOf = stream.warnings.names
      stream.warnings.settle(now)
      if (!this.#setState(stream, stream.stateAt(now)) && stream.warnings.names !== warnedOf) this.#tellChanged(stream)
    }
    this.#cancelSweep = this.#streams.size > 0 ? this.#clock.after(SWEEP_MS, () => this.#sweep()) : undefined
  }

  /** @returns whether that was a change, which viewers are told of */
  #setState(stream: Stream, state: StreamState): boolean {
    if (stream.state === state) return false
    stream.state = state
    stream.since = this.#clock.now()
    this.#tellChanged(stream)
    return true
  }

  #tellChanged(stream: Stream): void {
    for (const viewer of this.#viewers) viewer.changed(stream)
  }

  #forget(stream: Stream): void {
    this.#streams.delete(streamId(stream.name))
    const label = this.#labels.get(stream.name.label)
    label?.delete(stream)
    if (label?.size === 0) this.#labels.delete(stream.name.label)
    for (const viewer of this.#viewers) viewer.forget(stream)
    this.#meters.forget(stream.name)
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

const SWEEP_MS = 250

function byName(a: StreamName, b: StreamName): number {
  if (a.label !== b.label) return a.label < b.label ? -1 : 1
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}
