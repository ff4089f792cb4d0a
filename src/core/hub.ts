import type { Clock } from './clock.ts'
import type { Counters } from './counters.ts'
import type { Declaration, DeclareOptions, StreamProvider } from './declared-stream.ts'
import { Refusal } from './errors.ts'
import { carriedBytesOf, Frame, type FrameInput, isImageFrame, metadataWeightOf } from './frame.ts'
import { type FrameId, nextFrameId } from './frame-id.ts'
import { FrameMemory, type Weight, weightOf } from './frame-memory.ts'
import { HubAudience } from './hub-audience.ts'
import type { HubParts, Renditions } from './hub-parts.ts'
import { HubPictures, inColoursOf } from './hub-pictures.ts'
import { HubStore, type StoredFrame } from './hub-store.ts'
import { HubValues } from './hub-values.ts'
import { settledOf } from './liveness-monitor.ts'
import type { WatchedStream } from './node-state.ts'
import { byteLengthOf, type Payload } from './payload.ts'
import { authorizeValues, FrameViews } from './pictures-only.ts'
import { authorize, authorizeAny, type Principal } from './principal.ts'
import { type QuotaClient, quotaClientOf } from './quota-client.ts'
import type { RememberedStream } from './remembered-stream.ts'
import type { Stream } from './stream.ts'
import type { DecodingResult } from './stream-condition.ts'
import { noSuchStream, StreamDirectory } from './stream-directory.ts'
import { StreamLifecycle } from './stream-lifecycle.ts'
import type { StreamName } from './stream-name.ts'
import type { StreamObserver } from './stream-observer.ts'
import { StreamTable } from './stream-table.ts'
import { Viewer, type ViewerHub, type ViewerOptions } from './viewer.ts'

/** The result of publishing a frame. If it could not be stored, it was still shown live. */
export type Published = StoredFrame

/** A frame for which there is room. */
interface AdmittedFrame extends Weight {
  readonly input: FrameInput
  /** Who publishes it. */
  readonly principal: Principal
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
  /** Which pictures people get of the streams. */
  readonly pictures: HubPictures
  /** Writes the values of arrays. */
  readonly values: HubValues
  readonly #clock: Clock
  readonly #store: HubStore
  readonly #counters: Counters
  readonly #streams: StreamTable
  readonly #memory: FrameMemory
  readonly #audience = new HubAudience()
  readonly #lifecycle: StreamLifecycle
  readonly #forViewers: ViewerHub
  #renditions: Renditions | undefined

  constructor({ clock, store, counters, rules, bareOf }: HubParts) {
    const views = new FrameViews(bareOf)
    this.#clock = clock
    this.#store = new HubStore(clock, store, rules.storeTimeout)
    this.#counters = counters
    this.#streams = new StreamTable(rules.streams)
    this.#memory = new FrameMemory(rules.frameMemory)
    this.directory = new StreamDirectory(this.#streams, views, clock)
    this.pictures = new HubPictures(this.#streams, views, () => this.#renditions)
    this.values = new HubValues(() => this.#renditions)
    this.#lifecycle = new StreamLifecycle({
      ...{ clock, rules, streams: this.#streams, memory: this.#memory, audience: this.#audience },
      forgotten: (name) => {
        counters.forget(name)
        this.#store.forget(name)
      },
    })
    this.#forViewers = {
      counters,
      views,
      // Whoever watches a stream that is not known here may find it in the store.
      stream: (name) => this.#streams.get(name) ?? void this.#store.seek(name),
      streams: (label) => this.#streams.of(label),
      sourceFor: (stream, demand, client) =>
        this.#renditions?.sourceFor(stream, inColoursOf(stream, demand), client) ?? stream,
      left: (viewer) => this.#audience.delete(viewer),
    }
  }

  /** The number of viewers. */
  get viewers(): number {
    return this.#audience.viewers
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
  async publish(principal: Principal, given: FrameInput, dialect: string): Promise<Published> {
    authorize(principal, 'publish', given.stream)
    const input = named(given, this.#streams.spelled(given.stream))
    const admitted = this.#admit(principal, input)
    const now = this.#clock.now()
    const receivedAt = Math.min(now, input.arrivedAt ?? now)
    const at = this.#clock.monotonic() - (now - receivedAt)
    const stream = this.#streams.get(input.stream)
    if (stream?.declared && stream.start === 'next') {
      const id = nextFrameId(stream.newestId, receivedAt)
      this.#take(admitted, id, receivedAt, dialect, at)
      return { id }
    }
    const published = await this.#store.append(input, receivedAt, () => this.#streams.get(input.stream)?.newestId)
    this.#take(admitted, published.id, receivedAt, dialect, at)
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
    return this.#lifecycle.declare(name, principal, options, provider)
  }

  /**
   * Lists streams of which only is known that there were, before the server started: offline until somebody feeds or declares
   * them again, and forgotten as any other. Takes nobody's place; does nothing for those that there are.
   */
  remember(streams: Iterable<RememberedStream>): void {
    for (const stream of streams) this.#lifecycle.remember(stream)
  }

  /** Opens a viewer, which has no watches yet. @throws Refusal `forbidden` if the principal may view nothing */
  watch<Carried extends Payload>(principal: Principal, options: ViewerOptions<Carried>): Viewer<Carried> {
    authorizeAny(principal, 'view')
    const viewer = new Viewer<Carried>(this.#forViewers, principal, options)
    this.#audience.add(viewer)
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
    this.#lifecycle.remove(name)
  }

  /** Tells a part of the server of changes of all streams from now on. @returns stops */
  observe(observer: StreamObserver): () => void {
    return this.#audience.observe(observer)
  }

  /**
   * What viewers at other servers of the installation want, by `streamId`, in place of what was said before. Sources of
   * this server deliver it as they do for viewers here.
   */
  takeDemandElsewhere(watched: ReadonlyMap<string, WatchedStream>): void {
    this.#lifecycle.takeDemandElsewhere(watched)
  }

  /** Where renditions come from, from now on. Without, everybody gets the originals. */
  takeRenditionsFrom(renditions: Renditions): void {
    this.#renditions = renditions
    for (const stream of this.#streams.of()) for (const _ of this.reroute(stream));
  }

  /** Whoever makes pictures of a stream's frames has found whether they can be decoded. */
  judge(stream: Stream, found: DecodingResult): void {
    const undecodable = typeof found === 'object' ? found : undefined
    const isUndecodable = found === 'untried' ? stream.isLastUndecodable : undecodable !== undefined
    const { undecodable: before, isLastUndecodable: wasUndecodable } = stream
    const isSame = before?.reason === undecodable?.reason && before?.since === undecodable?.since
    if (isSame && isUndecodable === wasUndecodable) return
    stream.undecodable = undecodable
    stream.isLastUndecodable = isUndecodable
    // With its last viewer a stream that was removed is judged once more.
    if (this.#streams.get(stream.name) === stream) this.#audience.changed(stream)
  }

  /**
   * The frame of a pulse, if it is still kept. Of a stream that starts with the next frame only whoever watches it, and has
   * since before that pulse, gets it; of a principal that may be many people nobody does.
   * @throws Refusal `forbidden`; `not_found` if there is none, or not for this principal
   */
  frameOfPulse(principal: Principal, name: StreamName, pulse: bigint): Frame {
    authorize(principal, 'view', name)
    authorizeValues(principal)
    const stream = this.#streams.get(name)
    if (!stream) throw noSuchStream(name)
    const frame = stream.frameOfPulse(pulse)
    if (frame && (stream.start === 'newest' || this.#audience.isFor(principal, stream, frame))) return frame
    throw new Refusal(
      'not_found',
      `Pulse ${pulse} of "${name.label}/${name.key}" is not kept, or you do not watch the stream since before it.`,
    )
  }

  /** Asks anew which rendition serves each viewer of the stream: one in each step, as there may be thousands. */
  *reroute(stream: Stream): Generator<void> {
    yield* this.#audience.reroute(stream)
  }

  /** Closes all viewers and stops monitoring the streams. */
  close(): void {
    this.#lifecycle.stop()
    this.#audience.close()
  }

  /**
   * Makes room for a frame and, if it opens a stream, reserves a place for it.
   * @throws Refusal `exhausted`, `limited`
   */
  #admit(principal: Principal, input: FrameInput): AdmittedFrame {
    const name = input.stream
    const metadataWeight = metadataWeightOf(input)
    const weight = carriedBytesOf(input) + metadataWeight
    const known = this.#streams.get(name)
    // One that is only remembered has no place and no frames: this one opens it as if it were new.
    const stream = known?.remembered ? undefined : known
    const owner = stream?.owner ?? this.#streams.reservedFor(name) ?? quotaClientOf(principal)
    const admitted = { input, principal, weight, metadataWeight, owner }
    this.#memory.makeRoom(owner, stream, admitted)
    if (!stream) this.#streams.reserve(name, owner)
    return admitted
  }

  /**
   * @param at when it was received, monotonic ms
   * @returns false if the frame is not newer than the newest
   */
  #take(
    { input, principal, metadataWeight, owner }: AdmittedFrame,
    id: FrameId,
    receivedAt: number,
    dialect: string,
    at = this.#clock.monotonic(),
  ): boolean {
    const counter = this.#counters.in(input.stream, dialect)
    counter.frames++
    counter.bytes += byteLengthOf(input.payload)
    const stream = this.#lifecycle.open(input.stream, owner)
    const frame = new Frame(named(input, stream.name), id, receivedAt, stream.sequence + 1, metadataWeight)
    const before = settledOf(stream)
    const weightBefore = weightOf(stream)
    const wasImage = stream.kind === undefined || stream.kind === 'image'
    if (!stream.take(frame, at)) {
      counter.skipped++
      return false
    }
    this.#memory.taken(stream, weightBefore)
    this.#lifecycle.fed(stream, before)
    stream.declared?.published(principal)
    if (frame.sequence === 1) this.#audience.begun(stream)
    // Whoever takes pictures only is served by a rendition if it is an array, and by the stream itself if it is none.
    if (isImageFrame(frame) !== wasImage) for (const _ of this.reroute(stream));
    for (const subscriber of stream.subscribers) subscriber.offer(frame)
    return true
  }
}

/** A frame with the name of its stream in the spelling that is kept. */
function named(input: FrameInput, stream: StreamName): FrameInput {
  const { label, key } = input.stream
  return label === stream.label && key === stream.key ? input : { ...input, stream }
}
