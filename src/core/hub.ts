import type { Clock } from './clock.ts'
import { colouringFor } from './colouring.ts'
import type { Counters } from './counters.ts'
import { type Declaration, DeclaredStream, type DeclareOptions, type StreamProvider } from './declared-stream.ts'
import { type Demand, isSameDemand, NO_DEMAND, type PictureWish } from './demand.ts'
import { Refusal } from './errors.ts'
import { Frame, type FrameInput, type ImageFrame, isImageFrame, metadataWeightOf } from './frame.ts'
import { type FrameId, nextFrameId } from './frame-id.ts'
import { FrameMemory, type Weight, weightOf } from './frame-memory.ts'
import type { HubParts, HubRules, Renditions } from './hub-parts.ts'
import { HubStore, type StoredFrame } from './hub-store.ts'
import { LivenessMonitor } from './liveness-monitor.ts'
import type { WatchedStream } from './node-state.ts'
import { byteLengthOf, type Payload } from './payload.ts'
import { authorize, authorizeAny, type Principal } from './principal.ts'
import { type QuotaClient, quotaClientOf } from './quota-client.ts'
import { Stream } from './stream.ts'
import { noSuchStream, StreamDirectory } from './stream-directory.ts'
import { type StreamName, streamId } from './stream-name.ts'
import type { StreamObserver } from './stream-observer.ts'
import { StreamTable } from './stream-table.ts'
import { type AnyViewer, Viewer, type ViewerHub, type ViewerOptions } from './viewer.ts'

/** The result of publishing a frame. If it could not be stored, it was still shown live. */
export type Published = StoredFrame

/** A frame for which there is room. */
interface AdmittedFrame extends Weight {
  readonly input: FrameInput
  /** The owner of its stream, if the frame opens it. */
  readonly owner: QuotaClient
}

/**
 * Publish/subscribe with fan-out: passes each published frame to all viewers of its stream. Every public method that
 * acts for somebody takes a principal and checks its permissions first.
 */
export class Hub {
  /** What streams there are, and their recent frames. */
  readonly directory: StreamDirectory
  readonly #clock: Clock
  readonly #store: HubStore
  readonly #counters: Counters
  readonly #rules: HubRules
  readonly #streams: StreamTable
  readonly #memory: FrameMemory
  readonly #viewers = new Set<AnyViewer>()
  readonly #observers = new Set<StreamObserver>()
  readonly #forViewers: ViewerHub
  readonly #liveness: LivenessMonitor
  #renditions: Renditions | undefined
  #watchedElsewhere: ReadonlyMap<string, WatchedStream> = new Map()

  constructor(parts: HubParts) {
    this.#clock = parts.clock
    this.#store = new HubStore(parts.clock, parts.store, parts.rules.storeTimeout)
    this.#counters = parts.counters
    this.#rules = parts.rules
    this.#streams = new StreamTable(parts.rules.streams)
    this.directory = new StreamDirectory(this.#streams, parts.clock)
    this.#memory = new FrameMemory(parts.rules.frameMemory)
    this.#forViewers = {
      counters: parts.counters,
      // Whoever watches a stream that is not known here may find it in the store.
      stream: (name) => this.#streams.get(name) ?? void this.#store.seek(name),
      streams: (label) => this.#streams.of(label),
      sourceFor: (stream, demand, client) =>
        this.#renditions?.sourceFor(stream, inColoursOf(stream, demand), client) ?? stream,
      left: (viewer) => this.#viewers.delete(viewer),
    }
    this.#liveness = new LivenessMonitor({
      clock: parts.clock,
      streams: () => this.#streams.of(),
      changed: (stream) => this.#notifyChanged(stream),
      expired: (stream) => this.#forget(stream),
    })
  }

  /** The number of viewers. */
  get viewers(): number {
    return this.#viewers.size
  }

  /** How much memory the recent frames of all streams take. */
  get frameMemory(): Weight {
    return this.#memory.used
  }

  /**
   * Stores a frame and shows it. If the store fails or takes too long, the frame is still shown. Those of a
   * stream that starts with the next one stay at this server: the store has a newest one for whoever asks.
   * @param dialect how it came in, for the metrics
   * @throws Refusal `forbidden`; `exhausted` or `limited` when there are too many streams, or their frames take too much
   *   memory
   */
  async publish(principal: Principal, input: FrameInput, dialect: string): Promise<Published> {
    authorize(principal, 'publish', input.stream)
    const admitted = this.#admit(principal, input)
    const receivedAt = this.#clock.now()
    const stream = this.#streams.get(input.stream)
    if (stream?.declared && stream.start === 'next') {
      const id = nextFrameId(stream.newestId, receivedAt)
      this.#take(admitted, id, receivedAt, dialect)
      return { id }
    }
    const published = await this.#store.append(input, receivedAt, () => this.#streams.get(input.stream)?.newestId)
    this.#take(admitted, published.id, receivedAt, dialect)
    return published
  }

  /**
   * Shows a frame that already has an id, as those from the store do, with its true age; synchronous, no I/O. Authorized
   * and counted as in `publish`.
   * @param receivedAt ms since 1970
   * @param dialect how it came in, for the metrics
   * @returns false if it is ignored, since the stream has a frame of this id or a later one
   * @throws Refusal `forbidden`; `exhausted` or `limited` as in `publish`
   */
  accept(principal: Principal, input: FrameInput, id: FrameId, receivedAt: number, dialect: string): boolean {
    authorize(principal, 'publish', input.stream)
    // An echo of what was published here has been counted already.
    if (this.#streams.get(input.stream)?.frame(id)) return false
    const age = Math.max(0, this.#clock.now() - receivedAt)
    return this.#take(this.#admit(principal, input), id, receivedAt, dialect, this.#clock.monotonic() - age)
  }

  /**
   * Looks a stream up that may be in the store and that nobody watches here, so that `directory` knows its newest frame.
   * @returns undefined if there is nothing to look up
   * @throws Refusal `forbidden`; rejects with `unavailable` or `timed_out` when the store fails and there is no frame of it
   *   here
   */
  lookUp(principal: Principal, name: StreamName): Promise<void> | undefined {
    authorize(principal, 'view', name)
    const stream = this.#streams.get(name)
    const declared = stream?.declared
    if (stream && (!declared?.options.isStored || declared.isOpen)) return undefined
    return this.#store.lookUp(name).catch((error) => {
      if (!stream?.newest) throw error
    })
  }

  /** Asks the store whether it is there. @throws Refusal `unavailable` if it is not, `timed_out` if it does not answer */
  checkStore(): Promise<void> {
    return this.#store.check()
  }

  /**
   * Declares a stream before its first frame: it is listed, can be watched and counts as any other, and its provider is
   * notified when frames are wanted.
   * @throws Refusal `forbidden`; `taken` when it is declared already and not only stored; `exhausted` or `limited` when there are too
   *   many streams
   */
  declare(principal: Principal, name: StreamName, options: DeclareOptions, provider: StreamProvider): Declaration {
    authorize(principal, 'publish', name)
    const before = this.#streams.get(name)?.declared
    if (before && !before.options.isStored)
      throw new Refusal('taken', `The stream "${name.label}/${name.key}" is declared already`)
    const owner = quotaClientOf(principal)
    this.#streams.reserve(name, owner)
    const declared = new DeclaredStream(this.#clock, options, provider, () => {
      const stream = this.#streams.get(name)
      if (stream?.declared === declared) this.#liveness.settle(stream)
    })
    before?.withdraw()
    // Before anybody learns of the stream: one that is always fed is never idle.
    declared.begin()
    const stream = this.#open(name, owner, declared)
    if (stream.start === 'next' && stream.demand.viewers === 0) this.#dropFrames(stream)
    this.#liveness.settle(stream)
    declared.want(stream.wanted)
    // One that is published here is found in the store a moment later: it is not waiting for its first frame.
    if (options.isStored && stream.frameRate.silence(this.#clock.monotonic()) < this.#rules.staleAfter) {
      declared.fed()
      this.#liveness.settle(stream)
    }
    return {
      get demand() {
        return declared.demand
      },
      get arrivals() {
        return declared.arrivals
      },
      get isWithdrawn() {
        return declared.isWithdrawn
      },
      failed: (reason) => declared.fail(reason),
      heard: (silence, interval) => declared.hear({ silence, interval }),
      reported: (condition) => declared.report(condition),
      withdraw: (reason) => this.#withdraw(stream, declared, reason),
    }
  }

  /** Opens a viewer, which has no watches yet. @throws Refusal `forbidden` if the principal may view nothing */
  watch<Carried extends Payload>(principal: Principal, options: ViewerOptions<Carried>): Viewer<Carried> {
    authorizeAny(principal, 'view')
    const viewer = new Viewer<Carried>(this.#forViewers, principal, options)
    this.#viewers.add(viewer)
    return viewer
  }

  /**
   * Removes a stream with its frames and gives its place back. Viewers see it leave. If its source goes on, it comes back
   * with the next frame.
   * @throws Refusal `forbidden` if the principal may not administer; `not_found` if there is no such stream; `conflict`
   *   when a source of this server feeds it, which is to be stopped instead
   */
  remove(principal: Principal, name: StreamName): void {
    authorize(principal, 'administer', name)
    const stream = this.#streams.get(name)
    if (!stream) throw noSuchStream(name)
    if (stream.declared && !stream.declared.options.isStored)
      throw new Refusal(
        'conflict',
        `The stream "${name.label}/${name.key}" is fed by this server; stop its source instead`,
      )
    stream.declared?.withdraw()
    this.#forget(stream)
  }

  /** Tells a part of the server of changes of all streams from now on. @returns stops */
  observe(observer: StreamObserver): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  /**
   * What viewers at other servers of the installation want, by `streamId`, in place of what was said before. Sources of
   * this server deliver it as they do for viewers here.
   */
  takeDemandElsewhere(watched: ReadonlyMap<string, WatchedStream>): void {
    const before = this.#watchedElsewhere
    this.#watchedElsewhere = watched
    for (const { name } of new Map([...before, ...watched]).values()) {
      const stream = this.#streams.get(name)
      if (!stream) continue
      stream.demandElsewhere = this.#demandElsewhere(name)
      stream.declared?.want(stream.wanted)
    }
  }

  /** Where renditions come from, from now on. Without, everybody gets the originals. */
  takeRenditionsFrom(renditions: Renditions): void {
    this.#renditions = renditions
    for (const stream of this.#streams.of()) for (const _ of this.reroute(stream));
  }

  /**
   * Checks that a viewer with that wish would get what it wants, for those that cannot use the original instead.
   * @throws Refusal `forbidden`; `not_found` if there is no such stream; `exhausted` or `limited` when there are too many
   *   renditions
   */
  checkRoom(principal: Principal, name: StreamName, wish: PictureWish): void {
    authorize(principal, 'view', name)
    const stream = this.#streams.get(name)
    if (!stream) throw noSuchStream(name)
    this.#renditions?.checkRoom(stream, inColoursOf(stream, wish), quotaClientOf(principal))
  }

  /**
   * The picture of one frame that a wish asks for, in a frame that is otherwise the same; of an array in any case one.
   * @param signal ends the waiting
   * @throws Refusal `forbidden`, also when that right ends meanwhile; `invalid` when the picture cannot be decoded, or
   *   the array not drawn; `exhausted` or `limited` when too many are waiting; `unavailable` when no pictures are made
   */
  async pictureOf(principal: Principal, frame: Frame, wish: PictureWish, signal?: AbortSignal): Promise<ImageFrame> {
    authorize(principal, 'view', frame.stream)
    const coloured = inColoursOf(this.#streams.get(frame.stream), wish)
    const made = await this.#renditions?.pictureOf(frame, coloured, quotaClientOf(principal), signal)
    authorize(principal, 'view', frame.stream)
    if (made) return made
    if (isImageFrame(frame)) return frame
    throw new Refusal('unavailable', 'This server makes no pictures of arrays.')
  }

  /** The newest picture that viewers without a wish get of the stream; undefined if there is none, or nobody has one made. */
  newestPicture(stream: Stream): ImageFrame | undefined {
    const { newest } = stream
    if (newest && isImageFrame(newest)) return newest
    return this.#renditions?.newestPicture(stream, inColoursOf(stream, {}))
  }

  /** Asks anew which rendition serves each viewer of the stream: one in each step, as there may be thousands. */
  *reroute(stream: Stream): Generator<void> {
    for (const viewer of this.#viewers) {
      viewer.reroute(stream)
      yield
    }
  }

  /** Closes all viewers and stops monitoring the streams. */
  close(): void {
    this.#liveness.stop()
    for (const viewer of [...this.#viewers]) viewer.close()
  }

  /**
   * Makes room for a frame and, if it opens a stream, reserves a place for it.
   * @throws Refusal `exhausted`, `limited`
   */
  #admit(principal: Principal, input: FrameInput): AdmittedFrame {
    const name = input.stream
    const metadataWeight = metadataWeightOf(input)
    const weight = byteLengthOf(input.payload) + metadataWeight
    const stream = this.#streams.get(name)
    const owner = stream?.owner ?? this.#streams.reservedFor(name) ?? quotaClientOf(principal)
    const admitted = { input, weight, metadataWeight, owner }
    this.#memory.makeRoom(owner, stream, admitted)
    if (!stream) this.#streams.reserve(name, owner)
    return admitted
  }

  /**
   * The stream of that name, created if needed; a place must have been reserved for it.
   * @param owner if the place was not reserved for somebody else
   */
  #open(name: StreamName, owner: QuotaClient, declared?: DeclaredStream): Stream {
    const known = this.#streams.get(name)
    if (known) {
      if (declared) {
        if (known.start === 'next') this.#dropFrames(known)
        known.declared = declared
      }
      return known
    }
    const actualOwner = this.#streams.reservedFor(name) ?? owner
    const stream = new Stream(name, this.#rules, this.#clock.now(), this.#demandChanged, actualOwner)
    if (declared) {
      stream.declared = declared
      stream.condition = stream.conditionAt(this.#clock.monotonic())
    }
    stream.demandElsewhere = this.#demandElsewhere(name)
    this.#streams.add(stream)
    for (const viewer of this.#viewers) viewer.discover(stream)
    this.#liveness.start()
    return stream
  }

  /**
   * @param at when it was received, monotonic ms
   * @returns false if the frame is not newer than the newest
   */
  #take(
    { input, metadataWeight, owner }: AdmittedFrame,
    id: FrameId,
    receivedAt: number,
    dialect: string,
    at = this.#clock.monotonic(),
  ): boolean {
    const counter = this.#counters.in(input.stream, dialect)
    counter.frames++
    counter.bytes += byteLengthOf(input.payload)
    const stream = this.#open(input.stream, owner)
    const frame = new Frame(input, id, receivedAt, stream.sequence + 1, metadataWeight)
    const warningsBefore = stream.warnings.names
    const weightBefore = weightOf(stream)
    const wasImage = stream.kind === undefined || stream.kind === 'image'
    if (!stream.take(frame, at)) {
      counter.skipped++
      return false
    }
    this.#memory.taken(stream, weightBefore)
    this.#liveness.settle(stream, warningsBefore)
    // It has been live from the start, which is no change of its state.
    if (frame.sequence === 1) this.#notifyObservers(stream)
    // Whoever takes pictures only is served by a rendition if it is an array, and by the stream itself if it is none.
    if (isImageFrame(frame) !== wasImage) for (const _ of this.reroute(stream));
    for (const subscriber of stream.subscribers) subscriber.offer(frame)
    return true
  }

  // One function for all streams, not one for each.
  readonly #demandChanged = (stream: Stream, demand: Demand, before: Demand): void => {
    // Also when the work is the same: whoever has come may be owed a frame sooner.
    stream.declared?.want(stream.wanted)
    if (isSameDemand(before, demand)) return
    // What is kept of it is for nobody who comes later.
    if (stream.start === 'next' && demand.viewers === 0) this.#dropFrames(stream)
    for (const observer of this.#observers) observer.demandChanged?.(stream)
  }

  #dropFrames(stream: Stream): void {
    const before = weightOf(stream)
    stream.dropFrames()
    this.#memory.taken(stream, before)
  }

  #demandElsewhere(name: StreamName) {
    return this.#watchedElsewhere.get(streamId(name))?.demand ?? NO_DEMAND
  }

  #withdraw(stream: Stream, declared: DeclaredStream, reason?: string): void {
    if (stream.declared !== declared) return
    declared.withdraw()
    stream.declared = undefined
    if (reason !== undefined) stream.end(reason, this.#clock.monotonic())
    if (stream.newest || reason !== undefined) this.#liveness.settle(stream)
    else this.#forget(stream)
  }

  #notifyChanged(stream: Stream): void {
    for (const viewer of this.#viewers) viewer.changed(stream)
    this.#notifyObservers(stream)
  }

  #notifyObservers(stream: Stream): void {
    for (const observer of this.#observers) observer.changed(stream)
  }

  #forget(stream: Stream): void {
    this.#streams.remove(stream)
    for (const viewer of this.#viewers) viewer.forget(stream)
    // Only now: with its last viewer a stream may have dropped its frames, and given their memory back itself.
    this.#memory.remove(stream)
    for (const observer of this.#observers) observer.forgotten(stream)
    this.#counters.forget(stream.name)
    this.#store.forget(stream.name)
  }
}

/** A wish for frames of the stream, whose arrays are drawn as it says where the wish does not. */
function inColoursOf<Wish extends PictureWish>(stream: Stream | undefined, wish: Wish): Wish {
  const usual = stream?.declared?.options.colouring
  return usual ? { ...wish, colouring: colouringFor(wish.colouring, usual) } : wish
}
