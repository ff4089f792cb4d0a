import { may, mayAny } from './authorization.ts'
import type { Clock } from './clock.ts'
import type { Demand } from './demand.ts'
import { Refusal } from './errors.ts'
import { type Frame, isImageFrame } from './frame.ts'
import { codeUnitOrder, orderOfStreams } from './name-order.ts'
import type { FedStream, WatchedStream } from './node-state.ts'
import type { EncodedImage } from './payload.ts'
import type { FrameViews } from './pictures-only.ts'
import { authorize, authorizeAny, type Principal } from './principal.ts'
import type { RememberedStream } from './remembered-stream.ts'
import type { Stillness } from './stillness.ts'
import type { Stream, StreamCondition, StreamStart, StreamState, Undecodable } from './stream.ts'
import type { StreamName } from './stream-name.ts'
import { recordOf } from './stream-record.ts'
import type { StreamTable } from './stream-table.ts'

/** The status of a stream, for people and programs. */
export interface StreamStatus extends StreamName {
  readonly state: StreamState
  /** Why it is in that state, for people. */
  readonly reason: string
  /** When the state last changed: ms since 1970. */
  readonly since: number
  /** That its pictures cannot be decoded, where somebody has tried. */
  readonly undecodable: Undecodable | undefined
  /** Frames a second, over the last few seconds. */
  readonly fps: number
  /** Bytes of pictures a second, over the last few seconds. */
  readonly bytesPerSecond: number
  readonly demand: Demand
  /** What stands still of it though frames come. */
  readonly stillness: Stillness | undefined
  /** What a viewer gets first. */
  readonly start: StreamStart
  /** Set while nothing of it has been seen since the server started. */
  readonly remembered: RememberedStream | undefined
  /** Undefined while a declared stream has had no frame, and while nobody watches one that starts with the next. */
  readonly newest: Frame | undefined
}

/**
 * Which streams there are, with their states and recent frames, for whoever may view them. Reads only; the hub changes
 * them.
 */
export class StreamDirectory {
  readonly #streams: StreamTable
  readonly #views: FrameViews
  readonly #clock: Clock

  constructor(streams: StreamTable, views: FrameViews, clock: Clock) {
    this.#streams = streams
    this.#views = views
    this.#clock = clock
  }

  /**
   * The streams that the principal may view, sorted by label and key.
   * @throws Refusal `forbidden` if it may view nothing
   */
  list(principal: Principal): StreamStatus[] {
    authorizeAny(principal, 'view')
    const visible: StreamStatus[] = []
    for (const label of this.#streams.labels) {
      if (!mayAny(principal, 'view', label)) continue
      for (const stream of this.#streams.of(label))
        if (may(principal, 'view', stream.name)) visible.push(this.#statusOf(principal, stream))
    }
    return visible.sort(orderOfStreams(codeUnitOrder))
  }

  /**
   * The labels that have streams which the principal may view, sorted; streams that are only remembered do not count.
   * @throws Refusal `forbidden` if it may view nothing
   */
  labels(principal: Principal): string[] {
    authorizeAny(principal, 'view')
    const visible: string[] = []
    for (const label of this.#streams.labels) {
      if (!mayAny(principal, 'view', label)) continue
      for (const { name, remembered } of this.#streams.of(label))
        if (!remembered && may(principal, 'view', name)) {
          visible.push(label)
          break
        }
    }
    return visible.sort()
  }

  /**
   * A recent frame of a stream: the newest, or the one with that id if it is still kept.
   * @throws Refusal `forbidden`; `not_found` if there is no such stream or frame, or the stream starts with the next one,
   *   as whoever asks was not there when it came
   */
  find(principal: Principal, name: StreamName, id?: string): Frame {
    authorize(principal, 'view', name)
    const stream = this.#streams.get(name)
    if (!stream) throw noSuchStream(name)
    if (stream.start === 'next')
      throw new Refusal(
        'not_found',
        `Of "${name.label}/${name.key}" only what comes next can be had, and no frame by its id`,
      )
    if (!stream.newest) {
      const why = stream.remembered || stream.isReportedElsewhere ? `: ${stream.condition.reason}` : ''
      throw new Refusal('not_found', `There is no picture of "${name.label}/${name.key}" yet${why}`)
    }
    const frame = id === undefined ? stream.newest : stream.frame(id)
    if (!frame) throw new Refusal('not_found', `The frame ${id} is not kept; only the newest few are`)
    return this.#views.for(principal, frame)
  }

  /**
   * The newest picture of a stream, for an event about it. Viewing it is not asked for here but of whoever reads the event.
   * @returns undefined if there is none, or the stream is not live: an old picture shows another moment. None of a stream
   *   that starts with the next frame: whoever reads the event later was not there
   * @throws Refusal `forbidden` if the principal may not publish the stream
   */
  pictureForEvent(principal: Principal, name: StreamName): EncodedImage | undefined {
    authorize(principal, 'publish', name)
    const stream = this.#streams.get(name)
    const newest = stream?.state === 'live' ? stream.newestForLater : undefined
    return newest && isImageFrame(newest) ? newest.payload : undefined
  }

  /** What a viewer of the stream gets first; undefined if there is no such stream. @throws Refusal `forbidden` */
  startOf(principal: Principal, name: StreamName): StreamStart | undefined {
    authorize(principal, 'view', name)
    return this.#streams.get(name)?.start
  }

  /**
   * How long, in ms, to wait for the first picture of a declared stream that has had none yet or was not running.
   * undefined if there is a picture, or none is to be expected.
   * @throws Refusal `forbidden`
   */
  startTimeout(principal: Principal, name: StreamName): number | undefined {
    authorize(principal, 'view', name)
    const stream = this.#streams.get(name)
    if (!stream?.declared) return undefined
    const { when, startTimeout, isStored, isMonitored } = stream.declared.options
    // There is a newest frame in the store, or none to wait for, unless the stream waits for viewers at another server.
    if (isStored && (stream.state !== 'idle' || stream.newest)) return undefined
    const isAsleep = stream.state === 'idle' || stream.state === 'starting' || (isMonitored && !stream.declared.isOpen)
    const hasSlept = when === 'on-demand' && isAsleep
    return hasSlept || stream.newest === undefined ? startTimeout : undefined
  }

  /** Whether a source of this server feeds the stream. @throws Refusal `forbidden` */
  isDeclared(principal: Principal, name: StreamName): boolean {
    authorize(principal, 'publish', name)
    const declared = this.#streams.get(name)?.declared
    return declared !== undefined && !declared.options.isStored
  }

  /** Whether a source of this server feeds the stream, and makes what is wanted of it. @throws Refusal `forbidden` */
  isFedHere(principal: Principal, name: StreamName): boolean {
    authorize(principal, 'view', name)
    const declared = this.#streams.get(name)?.declared
    return declared?.isOpen === true && !declared.options.isStored
  }

  /** The status of one stream. @throws Refusal `forbidden`; `not_found` if there is no such stream */
  status(principal: Principal, name: StreamName): StreamStatus {
    authorize(principal, 'view', name)
    const stream = this.#streams.get(name)
    if (!stream) throw noSuchStream(name)
    return this.#statusOf(principal, stream)
  }

  /** The state of a stream and its reason. @throws Refusal `forbidden`; `not_found` if there is no such stream */
  condition(principal: Principal, name: StreamName): StreamCondition {
    authorize(principal, 'view', name)
    const stream = this.#streams.get(name)
    if (!stream) throw noSuchStream(name)
    return stream.condition
  }

  #statusOf(principal: Principal, stream: Stream): StreamStatus {
    const now = this.#clock.monotonic()
    return {
      ...stream.name,
      ...stream.condition,
      since: stream.since,
      undecodable: stream.undecodable,
      ...stream.rate(now),
      demand: stream.totalDemand,
      stillness: stream.state === 'live' ? stream.stillness : undefined,
      start: stream.start,
      remembered: stream.remembered,
      newest: stream.newest && this.#views.for(principal, stream.newest),
    }
  }

  /** Whether the stream is declared, or has had a frame since the server started. @throws Refusal `forbidden` */
  isKnown(principal: Principal, name: StreamName): boolean {
    authorize(principal, 'view', name)
    const stream = this.#streams.get(name)
    return stream !== undefined && !stream.remembered
  }

  /** What is worth remembering of all streams when the server starts anew. */
  records(): RememberedStream[] {
    const now = this.#clock.now()
    const monotonic = this.#clock.monotonic()
    return [...this.#streams.of()].flatMap((stream) => recordOf(stream, now, monotonic) ?? [])
  }

  /** The streams that are watched here, for other servers of the installation. */
  watched(): WatchedStream[] {
    const watched = [...this.#streams.of()].filter(({ demand }) => demand.viewers > 0)
    return watched.map(({ name, demand }) => ({ name, demand }))
  }

  /** The streams that sources of this server feed, for other servers of the installation. */
  fed(): FedStream[] {
    const fed = [...this.#streams.of()].filter(({ declared }) => declared && !declared.options.isStored)
    return fed.map(({ name, condition, start }) => ({ name, condition: start === 'next' ? ONLY_HERE : condition }))
  }

  /** The state of every stream, for the metrics. */
  states(): { state: StreamState }[] {
    return [...this.#streams.of()].map(({ state }) => ({ state }))
  }
}

/** How a stream whose frames stay at this server is elsewhere. */
const ONLY_HERE: StreamCondition = {
  state: 'offline',
  reason: 'it is shown only by the server that reads it: its frames do not go through Redis',
}

/** The refusal of what is asked of a stream that does not exist. */
export function noSuchStream({ label, key }: StreamName): Refusal {
  return new Refusal('not_found', `There is no stream "${label}/${key}"`)
}
