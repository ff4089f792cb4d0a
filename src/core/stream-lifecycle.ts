import type { Clock } from './clock.ts'
import { type Declaration, DeclaredStream, type DeclareOptions, type StreamProvider } from './declared-stream.ts'
import { type Demand, isSameDemand, NO_DEMAND } from './demand.ts'
import { Refusal } from './errors.ts'
import { type FrameMemory, weightOf } from './frame-memory.ts'
import type { HubAudience } from './hub-audience.ts'
import { LivenessMonitor, type Settled } from './liveness-monitor.ts'
import type { WatchedStream } from './node-state.ts'
import type { Principal } from './principal.ts'
import { type QuotaClient, quotaClientOf } from './quota-client.ts'
import type { RememberedStream } from './remembered-stream.ts'
import { Stream, type StreamRules } from './stream.ts'
import { noSuchStream } from './stream-directory.ts'
import { type StreamName, streamId } from './stream-name.ts'
import type { StreamTable } from './stream-table.ts'

/** What the lifecycle of streams needs. */
export interface StreamLifecycleParts {
  readonly clock: Clock
  readonly rules: StreamRules
  readonly streams: StreamTable
  readonly memory: FrameMemory
  /** Who is told. */
  readonly audience: HubAudience
  /** A stream was removed: nothing of it is kept. */
  readonly forgotten: (name: StreamName) => void
}

/**
 * How streams come and go: opened by their first frame, or declared before it, withdrawn, removed by somebody, or forgotten
 * after a long silence. Keeps their states up to date, and tells their providers what is wanted. Checks no rights.
 */
export class StreamLifecycle {
  readonly #parts: StreamLifecycleParts
  readonly #liveness: LivenessMonitor
  #watchedElsewhere: ReadonlyMap<string, WatchedStream> = new Map()

  constructor(parts: StreamLifecycleParts) {
    this.#parts = parts
    const { clock, streams, audience } = parts
    this.#liveness = new LivenessMonitor({
      clock,
      streams: () => streams.of(),
      changed: (stream) => audience.changed(stream),
      expired: (stream) => this.#forget(stream),
    })
  }

  /** See `Hub.declare`. @throws Refusal `taken`, `exhausted`, `limited` */
  declare(name: StreamName, feeder: Principal, options: DeclareOptions, provider: StreamProvider): Declaration {
    const owner = quotaClientOf(feeder)
    const { clock, rules, streams } = this.#parts
    const before = streams.get(name)?.declared
    if (before && !before.options.isStored)
      throw new Refusal('taken', `The stream "${name.label}/${name.key}" is declared already`)
    streams.reserve(name, owner)
    const declared = new DeclaredStream(clock, options, provider, feeder, () => {
      const stream = streams.get(name)
      if (stream?.declared === declared) this.#liveness.settle(stream)
    })
    before?.withdraw()
    // Before anybody learns of the stream: one that is always fed is never idle.
    declared.begin()
    const stream = this.open(name, owner, declared)
    if (stream.start === 'next' && stream.demand.viewers === 0) this.#dropFrames(stream)
    this.#liveness.settle(stream)
    declared.want(stream.wanted)
    // One that is published here is found in the store a moment later: it is not waiting for its first frame.
    if (options.isStored && stream.frameRate.silence(clock.monotonic()) < rules.staleAfter) {
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

  /**
   * The stream of that name, created if needed; a place must have been reserved for it.
   * @param owner if the place was not reserved for somebody else
   */
  open(name: StreamName, owner: QuotaClient, declared?: DeclaredStream): Stream {
    const { clock, rules, streams, audience } = this.#parts
    const known = streams.get(name)
    if (known) {
      const isNew = known.remembered !== undefined
      if (isNew) streams.revive(known, streams.reservedFor(name) ?? owner, clock.now())
      if (declared) {
        if (known.start === 'next') this.#dropFrames(known)
        known.declared = declared
        if (isNew) known.condition = known.conditionAt(clock.monotonic())
      }
      // For those who are not told of what is only remembered it appears now.
      if (isNew) audience.discover(known)
      return known
    }
    const actualOwner = streams.reservedFor(name) ?? owner
    const stream = new Stream(streams.spelled(name), rules, clock.now(), this.#demandChanged, actualOwner)
    if (declared) {
      stream.declared = declared
      stream.condition = stream.conditionAt(clock.monotonic())
    }
    this.#add(stream)
    return stream
  }

  /** See `Hub.remember`. */
  remember(known: RememberedStream): void {
    const { clock, rules, streams } = this.#parts
    if (streams.get(known.name) || clock.now() - known.lastSeenAt >= rules.forgetAfter) return
    const stream = new Stream(known.name, rules, clock.now(), this.#demandChanged)
    stream.remember(known, clock.monotonic())
    this.#add(stream)
  }

  /** A stream has taken a frame. @param before how it was before */
  fed(stream: Stream, before: Settled): void {
    this.#liveness.settle(stream, before)
  }

  /** See `Hub.remove`. @throws Refusal `not_found`, `conflict` */
  remove(name: StreamName): void {
    const stream = this.#parts.streams.get(name)
    if (!stream) throw noSuchStream(name)
    if (stream.declared && !stream.declared.options.isStored)
      throw new Refusal(
        'conflict',
        `The stream "${name.label}/${name.key}" is fed by this server; stop its source instead`,
      )
    stream.declared?.withdraw()
    this.#forget(stream)
  }

  /** See `Hub.takeDemandElsewhere`. */
  takeDemandElsewhere(watched: ReadonlyMap<string, WatchedStream>): void {
    const before = this.#watchedElsewhere
    this.#watchedElsewhere = watched
    for (const { name } of new Map([...before, ...watched]).values()) {
      const stream = this.#parts.streams.get(name)
      if (!stream) continue
      stream.demandElsewhere = this.#demandElsewhere(name)
      stream.declared?.want(stream.wanted)
    }
  }

  /** Leaves the states as they are from now on. */
  stop(): void {
    this.#liveness.stop()
  }

  // One function for all streams, not one for each.
  readonly #demandChanged = (stream: Stream, demand: Demand, before: Demand): void => {
    // Also when the work is the same: whoever has come may be owed a frame sooner.
    stream.declared?.want(stream.wanted)
    if (isSameDemand(before, demand)) return
    // What is kept of it is for nobody who comes later.
    if (stream.start === 'next' && demand.viewers === 0) this.#dropFrames(stream)
    this.#parts.audience.demandChanged(stream)
  }

  #add(stream: Stream): void {
    stream.demandElsewhere = this.#demandElsewhere(stream.name)
    this.#parts.streams.add(stream)
    this.#parts.audience.discover(stream)
    this.#liveness.start()
  }

  #dropFrames(stream: Stream): void {
    const before = weightOf(stream)
    stream.dropFrames()
    this.#parts.memory.taken(stream, before)
  }

  #demandElsewhere(name: StreamName): Demand {
    return this.#watchedElsewhere.get(streamId(name))?.demand ?? NO_DEMAND
  }

  #withdraw(stream: Stream, declared: DeclaredStream, reason?: string): void {
    if (stream.declared !== declared) return
    declared.withdraw()
    stream.declared = undefined
    if (reason !== undefined) stream.end(reason, this.#parts.clock.monotonic())
    if (stream.newest || reason !== undefined) this.#liveness.settle(stream)
    else this.#forget(stream)
  }

  #forget(stream: Stream): void {
    const { streams, memory, audience, forgotten } = this.#parts
    streams.remove(stream)
    audience.forget(stream)
    // Only now: with its last viewer a stream may have dropped its frames, and given their memory back itself.
    memory.remove(stream)
    forgotten(stream.name)
  }
}
