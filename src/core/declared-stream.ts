import type { Clock } from './clock.ts'
import type { Colouring } from './colouring.ts'
import { type Demand, isSameDemand, NO_DEMAND } from './demand.ts'
import { messageOf } from './errors.ts'
import type { Principal } from './principal.ts'
import type { StreamCondition, StreamStart } from './stream-condition.ts'

/** Options of a stream that is declared before its first frame. Times in ms. */
export interface DeclareOptions {
  /** Whether its provider works only while there are viewers, or always. */
  readonly when: 'on-demand' | 'always'
  /** How long the provider may take to deliver the first frame before the stream is offline. */
  readonly startTimeout: number
  /**
   * For `on-demand`: how long the provider keeps working after the last viewer left, so that somebody who changes pages
   * finds it running.
   */
  readonly closeAfter: number
  /**
   * Whether its frames come from a store that others write to. Then it goes on while nobody watches: the provider says how
   * it is doing (`Declaration.heard`), and the store has its newest frame. Whoever feeds the stream from this server takes
   * it over.
   */
  readonly isStored?: boolean
  /**
   * Whether its provider always listens, and says how the stream is doing while nobody watches (`Declaration.heard`,
   * `failed`): it is live without a frame, and stays so until one is overdue for those who watch, by the rate that they want.
   */
  readonly isMonitored?: boolean
  /** What a viewer of it gets first; `newest` if left out. */
  readonly start?: StreamStart
  /** How its arrays are drawn for those who do not say. */
  readonly colouring?: Colouring | undefined
}

/** Feeds a declared stream. */
export interface StreamProvider {
  /**
   * Called at once when the demand for the stream changes: frames are wanted, more or fewer of them or, `closeAfter` ms
   * after the last viewer left, none any more (`viewers: 0`). Frames are published through the hub as usual.
   */
  demandChanged(demand: Demand): void
  /** Somebody else has published a frame of the stream. */
  publishedByOthers?(): void
}

/** How a stream is doing while nobody here looks at its frames, as its provider says. Times in ms. */
export interface Heard {
  readonly silence: number
  /** 0: too short to matter; undefined: not known. */
  readonly interval: number | undefined
}

/** The provider's handle on a stream that it declared. */
export interface Declaration {
  /** The current demand; for a stream that is always fed, `viewers: 0` means that nobody is watching. */
  readonly demand: Demand
  /**
   * How many times a viewer has come: tells a provider that somebody waits for his first frame, also when the demand is as
   * before, or another has left meanwhile.
   */
  readonly arrivals: number
  /** Whether the stream is fed by somebody else now, or by nobody: nothing that is said here counts any more. */
  readonly isWithdrawn: boolean
  /**
   * Reports a failure: once the stream counts as silent it is offline for this reason (a sentence for people), until a
   * frame comes.
   */
  failed(reason: string): void
  /**
   * A stored or monitored stream goes on, and nobody here looks at its frames: its state follows from this until the next
   * call. Takes back what `failed` said. Cheap: a provider may say it of each frame that it does not publish.
   * @param silence how old the newest one was when the provider looked, ms. Of a monitored stream it grows by itself until
   *   the next call; what is in a store may go on before somebody looks again
   * @param interval the median interval between two frames, ms; 0 if it is too short to matter, undefined if it is not known
   */
  heard(silence: number, interval: number | undefined): void
  /**
   * Another server feeds the stream, and says how it is: shown while nobody watches here and, if it says that the stream is
   * offline, also to those who watch. Takes back what `failed` said. Undefined: nobody says anything any more.
   */
  reported(condition: StreamCondition | undefined): void
  /**
   * The provider no longer feeds the stream. One that has had a frame becomes stale as any other; one without is
   * removed.
   * @param reason keeps it listed in any case: offline for this reason (a sentence for people), until somebody feeds it
   *   again or it is forgotten as any other
   */
  withdraw(reason?: string): void
}

/**
 * The part of a stream's life cycle that its declaration governs: when its provider has to work, and the stream's state
 * while no frames come.
 */
export class DeclaredStream {
  readonly options: DeclareOptions
  readonly #clock: Clock
  readonly #provider: StreamProvider
  readonly #feeder: Principal
  readonly #changed: () => void
  #wanted: Demand = NO_DEMAND
  #arrivals = 0
  #notified: Demand = NO_DEMAND
  #cancelClose: (() => void) | undefined
  /** When the provider was asked to start, monotonic ms; undefined while it is stopped. */
  #openedAt: number | undefined
  /** Frames since the provider was last started or stopped. */
  #frames = 0
  /** When the last of them came, monotonic ms. */
  #fedAt = 0
  #failure: string | undefined
  #heard: Heard | undefined
  /** When that was said, monotonic ms. */
  #heardAt = 0
  #reported: StreamCondition | undefined
  #isWithdrawn = false

  /**
   * @param feeder whose frames are those of the provider
   * @param changed called when the stream's state may have changed
   */
  constructor(clock: Clock, options: DeclareOptions, provider: StreamProvider, feeder: Principal, changed: () => void) {
    this.#clock = clock
    this.options = options
    this.#provider = provider
    this.#feeder = feeder
    this.#changed = changed
  }

  /** The demand that the provider was last notified of, with the current number of viewers. */
  get demand(): Demand {
    return isSameDemand(this.#notified, this.#wanted) ? this.#wanted : this.#notified
  }

  /** See `Declaration.arrivals`. */
  get arrivals(): number {
    return this.#arrivals
  }

  /** To be called once after setup: starts a provider that works always. */
  begin(): void {
    if (this.options.when === 'always') this.#open()
  }

  /** The viewers' demand has changed. */
  want(demand: Demand): void {
    if (demand.viewers > this.#wanted.viewers) this.#arrivals++
    this.#wanted = demand
    if (demand.viewers > 0 || this.options.when === 'always') {
      this.#cancelClose?.()
      this.#cancelClose = undefined
      if (demand.viewers > 0) this.#open()
      this.#notify(demand)
      return
    }
    if (this.#openedAt === undefined || this.#cancelClose) return
    const { closeAfter } = this.options
    if (closeAfter > 0) this.#cancelClose = this.#clock.after(closeAfter, () => this.#close())
    else this.#close()
  }

  /** A frame has arrived. @returns whether it is the first since the provider was started */
  fed(): boolean {
    this.#frames++
    this.#fedAt = this.#clock.monotonic()
    if (this.#openedAt === undefined) return false
    this.#failure = undefined
    return this.#frames === 1
  }

  /** A frame of the stream was taken. @param principal who has published it */
  published(principal: Principal): void {
    if (principal !== this.#feeder) this.#provider.publishedByOthers?.()
  }

  /**
   * Whether frames arrive: from the provider, or from others while it is stopped. One may still have been on its way
   * when the provider was stopped.
   */
  get isFed(): boolean {
    return this.#frames > (this.#openedAt === undefined ? 1 : 0)
  }

  /** Reports why no frames come; ignored while the provider is stopped, unless frames are said to come elsewhere. */
  fail(reason: string): void {
    if (this.#openedAt === undefined && !this.#goesOnUnseen) return
    this.#failure = reason
    this.#changed()
  }

  /**
   * What the provider says of frames that nobody here looks at; undefined while they come here, or should.
   * @param monotonic ms
   */
  heard(monotonic: number): Heard | undefined {
    if (!this.#heard || this.#failure !== undefined) return undefined
    const { isMonitored } = this.options
    if (this.#openedAt !== undefined && (!isMonitored || this.#isOverdue(monotonic, this.#openedAt))) return undefined
    if (!isMonitored) return this.#heard
    return { ...this.#heard, silence: this.#heard.silence + monotonic - this.#heardAt }
  }

  /** Whether those who watch should have had a frame by now, or the next one: they may want few of those that there are. */
  #isOverdue(monotonic: number, openedAt: number): boolean {
    const { startTimeout } = this.options
    if (this.#frames === 0) return monotonic - openedAt >= startTimeout
    const { maxFps } = this.#wanted
    const period = maxFps === undefined ? 0 : 1000 / maxFps
    return monotonic - this.#fedAt >= period + startTimeout
  }

  /** See `Declaration.heard`. */
  hear(heard: Heard): void {
    this.#heard = heard
    this.#heardAt = this.#clock.monotonic()
    this.#failure = undefined
    this.#changed()
  }

  /** The median interval between its frames as its provider last said, ms; undefined if it did not, or does not know. */
  get interval(): number | undefined {
    return this.#heard?.interval
  }

  /** Whether `withdraw` was called. */
  get isWithdrawn(): boolean {
    return this.#isWithdrawn
  }

  /** What another server says of the stream, where that counts: see `Declaration.reported`. */
  get reported(): StreamCondition | undefined {
    if (this.#failure !== undefined) return undefined
    return !this.isOpen || this.#reported?.state === 'offline' ? this.#reported : undefined
  }

  /** See `Declaration.reported`. */
  report(condition: StreamCondition | undefined): void {
    const isSame = this.#reported?.state === condition?.state && this.#reported?.reason === condition?.reason
    if (isSame && this.#failure === undefined) return
    this.#reported = condition
    this.#failure = undefined
    this.#changed()
  }

  /** Whether the provider works now. */
  get isOpen(): boolean {
    return this.#openedAt !== undefined
  }

  /** The provider no longer feeds the stream. */
  withdraw(): void {
    this.#isWithdrawn = true
    this.#cancelClose?.()
  }

  /**
   * The state of the stream while no frames come; undefined if it follows from the silence since the last one.
   * @param monotonic ms
   */
  stateAt(monotonic: number): StreamCondition | undefined {
    if (this.#failure !== undefined) return { state: 'offline', reason: this.#failure }
    if (this.reported) return this.reported
    if (this.heard(monotonic)) return undefined
    if (this.#openedAt === undefined) return { state: 'idle', reason: 'on demand: nobody is watching' }
    if (this.#frames > 0) return undefined
    const { startTimeout } = this.options
    if (monotonic - this.#openedAt < startTimeout) return { state: 'starting', reason: 'waiting for the first frame' }
    return { state: 'offline', reason: `no frame within ${startTimeout / 1000} s of starting` }
  }

  /** Whether it goes on, and its provider says how, while nobody here watches. */
  get #goesOnUnseen(): boolean {
    return this.options.isStored === true || this.options.isMonitored === true
  }

  #open(): void {
    if (this.#openedAt !== undefined) return
    this.#openedAt = this.#clock.monotonic()
    this.#frames = 0
    // One that always listens does not begin anew with a viewer.
    if (!this.options.isMonitored) this.#failure = undefined
    this.#changed()
  }

  #close(): void {
    this.#cancelClose = undefined
    this.#openedAt = undefined
    this.#frames = 0
    if (!this.#goesOnUnseen) this.#failure = undefined
    this.#notify(this.#wanted)
    this.#changed()
  }

  #notify(demand: Demand): void {
    if (this.#isWithdrawn || isSameDemand(this.#notified, demand)) return
    this.#notified = demand
    try {
      this.#provider.demandChanged(demand)
    } catch (error) {
      // Not the viewer's fault: it keeps watching.
      this.fail(messageOf(error))
    }
  }
}
