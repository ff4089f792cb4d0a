import type { Clock } from './clock.ts'
import { type Demand, isSameDemand, NO_DEMAND } from './demand.ts'
import { messageOf } from './errors.ts'

/** How a stream is declared that exists before its first frame. Times in ms. */
export interface DeclareOptions {
  /** Whether its provider works only while somebody watches, or all the time. */
  readonly when: 'on-demand' | 'always'
  /** How long the first frame may take once the provider is asked for it; then the stream is offline. */
  readonly startTimeout: number
  /**
   * How long after the last viewer left the provider works on, on demand: viewers who change pages come back at once.
   */
  readonly closeAfter: number
}

/** Who feeds a declared stream. */
export interface StreamProvider {
  /**
   * Told at once when what is wanted of the stream changes: frames are wanted, fewer or more of them, or, `closeAfter`
   * behind the last viewer, none any more (`viewers: 0`). Frames are published through the hub as all are.
   */
  demandChanged(demand: Demand): void
}

/** What a provider holds of the stream that it declared. */
export interface Declaration {
  /** What is wanted now; of a stream that is declared `always`, `viewers: 0` means that nobody watches. */
  readonly demand: Demand
  /** The stream is offline for that reason, in words for people, from when it counts as silent until a frame comes. */
  failed(reason: string): void
  /**
   * The provider feeds it no more: what it has shown grows stale as any stream does; without a frame the stream is
   * gone.
   */
  withdraw(): void
}

/**
 * The part of a stream's life that its declaration governs: when its provider is to work, and what it is called while
 * no frame has come.
 */
export class DeclaredStream {
  readonly options: DeclareOptions
  readonly #clock: Clock
  readonly #provider: StreamProvider
  readonly #changed: () => void
  #wanted: Demand = NO_DEMAND
  #told: Demand = NO_DEMAND
  #cancelClose: (() => void) | undefined
  /** When the provider was asked to work, monotonic ms; undefined: it is not. */
  #openedAt: number | undefined
  /** Frames since the provider was asked to work, or asked no more. */
  #frames = 0
  #failure: string | undefined
  #isWithdrawn = false

  /** @param changed told when the stream's state may have changed by this */
  constructor(clock: Clock, options: DeclareOptions, provider: StreamProvider, changed: () => void) {
    this.#clock = clock
    this.options = options
    this.#provider = provider
    this.#changed = changed
  }

  /** What the provider was told last, with as many viewers as there are now. */
  get demand(): Demand {
    return isSameDemand(this.#told, this.#wanted) ? this.#wanted : this.#told
  }

  /** To be called once, when all is in place: what works always begins. */
  begin(): void {
    if (this.options.when === 'always') this.#open()
  }

  /** The viewers' demand has changed. */
  want(demand: Demand): void {
    this.#wanted = demand
    if (demand.viewers > 0 || this.options.when === 'always') {
      this.#cancelClose?.()
      this.#cancelClose = undefined
      if (demand.viewers > 0) this.#open()
      this.#tell(demand)
      return
    }
    if (this.#openedAt === undefined || this.#cancelClose) return
    const { closeAfter } = this.options
    if (closeAfter > 0) this.#cancelClose = this.#clock.after(closeAfter, () => this.#close())
    else this.#close()
  }

  /** A frame has come. @returns whether it is the first since the provider was asked to work */
  fed(): boolean {
    this.#frames++
    if (this.#openedAt === undefined) return false
    this.#failure = undefined
    return this.#frames === 1
  }

  /** Whether frames come: its own, or somebody else's though nobody asked. One may have been on its way still. */
  get isFed(): boolean {
    return this.#frames > (this.#openedAt === undefined ? 1 : 0)
  }

  fail(reason: string): void {
    if (this.#openedAt === undefined) return
    this.#failure = reason
    this.#changed()
  }

  /** The provider has let go of it. */
  withdraw(): void {
    this.#isWithdrawn = true
    this.#cancelClose?.()
  }

  /**
   * What the stream is while no frames come; undefined if that follows from the silence since the last one.
   * @param monotonic ms
   */
  stateAt(monotonic: number): { readonly state: 'idle' | 'starting' | 'offline'; readonly reason: string } | undefined {
    if (this.#openedAt === undefined) return { state: 'idle', reason: 'on demand: nobody is watching' }
    if (this.#failure !== undefined) return { state: 'offline', reason: this.#failure }
    if (this.#frames > 0) return undefined
    const { startTimeout } = this.options
    if (monotonic - this.#openedAt < startTimeout) return { state: 'starting', reason: 'waiting for the first frame' }
    return { state: 'offline', reason: `no frame within ${startTimeout / 1000} s of starting` }
  }

  #open(): void {
    if (this.#openedAt !== undefined) return
    this.#openedAt = this.#clock.monotonic()
    this.#frames = 0
    this.#failure = undefined
    this.#changed()
  }

  #close(): void {
    this.#cancelClose = undefined
    this.#openedAt = undefined
    this.#frames = 0
    this.#tell(this.#wanted)
    this.#changed()
  }

  #tell(demand: Demand): void {
    if (this.#isWithdrawn || isSameDemand(this.#told, demand)) return
    this.#told = demand
    try {
      this.#provider.demandChanged(demand)
    } catch (error) {
      // Whoever watches is not to blame, and goes on watching.
      this.fail(messageOf(error))
    }
  }
}
