import { may, mayAny } from './authorization.ts'
import { messageOf, Refusal } from './errors.ts'
import { dividePulses, type Instrument, type InstrumentChannel, type InstrumentSettings } from './instrument.ts'
import type { InstrumentStore } from './instrument-store.ts'
import type { KnownInstrument, KnownInstruments } from './known-instruments.ts'
import { authorize, authorizeAny, type Principal } from './principal.ts'
import { SerialQueue } from './serial-queue.ts'

/** What the list of instruments needs. */
export interface InstrumentListParts {
  readonly known: KnownInstruments
  readonly store: InstrumentStore
  /** Starts reading an instrument. */
  readonly start: (settings: InstrumentSettings) => Instrument
  /** Why instruments are kept but not read at this server, as a sentence; undefined if they are read. */
  readonly whyNot: string | undefined
  /** How many instruments there may be. */
  readonly max: number
}

/** An instrument as somebody may see it. */
export interface VisibleInstrument extends KnownInstrument {
  /** Its channels, without the pictures that whoever asks may not view. */
  readonly channels: readonly InstrumentChannel[]
}

/**
 * The instruments that are read: those of the configuration, and those that administrators add and remove while the
 * server runs, which are kept in a store.
 */
export class InstrumentList {
  readonly #parts: InstrumentListParts
  readonly #queue = new SerialQueue()
  #isClosed = false

  constructor(parts: InstrumentListParts) {
    this.#parts = parts
  }

  /**
   * Reads what is stored, and starts nothing yet.
   * @param configured the instruments of the configuration, whose names differ
   * @returns names that were added once and are now in the configuration, which counts
   */
  async load(configured: readonly InstrumentSettings[]): Promise<readonly string[]> {
    const { known } = this.#parts
    for (const settings of configured) known.set({ settings, origin: 'configuration', whyNot: NOT_YET })
    const hidden: string[] = []
    for (const settings of await this.#parts.store.list()) {
      if (known.get(settings.name)) hidden.push(settings.name)
      else known.set({ settings, origin: 'added', whyNot: NOT_YET })
    }
    return hidden
  }

  /** Starts reading all that are known, up to the limit. */
  start(): void {
    for (const [at, instrument] of this.#parts.known.all.entries()) this.#run(instrument, at)
  }

  /** Stops reading; resolves when all have stopped. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#parts.known.all.map(({ running }) => running?.stop()))
  }

  /**
   * The instruments of which the principal may view a stream; none for who sees pictures only.
   * @throws Refusal `forbidden` if it may view nothing
   */
  list(principal: Principal): VisibleInstrument[] {
    authorizeAny(principal, 'view')
    if (principal.isPicturesOnly) return []
    return this.#parts.known.all
      .filter(({ settings }) => mayAny(principal, 'view', settings.name))
      .map((instrument) => visibleTo(principal, instrument))
  }

  /**
   * Adds an instrument, keeps it and starts reading it.
   * @throws Refusal `forbidden`; `conflict` if its name is taken, or another one pulls from its sender; `exhausted` if there are
   *   too many
   */
  async add(principal: Principal, settings: InstrumentSettings): Promise<VisibleInstrument> {
    const check = () => authorize(principal, 'administer', {})
    check()
    return this.#queue.run(async () => {
      const { known, store, max } = this.#parts
      if (known.get(settings.name)) throw taken(settings.name)
      const other = this.#dividing(settings)
      if (other) throw new Refusal('conflict', divided(other))
      if (known.count >= max)
        throw new Refusal('exhausted', `At most ${max} instruments (instruments.max); remove one first.`, {
          limit: 'instruments.max',
        })
      if (!(await store.add(settings, check))) throw taken(settings.name)
      const instrument = this.#run({ settings, origin: 'added', whyNot: NOT_YET }, known.count)
      return visibleTo(principal, instrument)
    })
  }

  /**
   * Stops reading an instrument that was added, and forgets it.
   * @throws Refusal `forbidden`; `not_found`; `conflict` if it is in the configuration
   */
  async remove(principal: Principal, name: string): Promise<void> {
    const check = () => authorize(principal, 'administer', {})
    check()
    await this.#queue.run(async () => {
      const { known, store } = this.#parts
      const instrument = known.get(name)
      if (!instrument) throw new Refusal('not_found', `There is no instrument "${name}"`)
      if (instrument.origin === 'configuration')
        throw new Refusal(
          'conflict',
          `"${name}" is in the configuration of the server (instruments.sources, or source_host and source_port): remove it there and restart the server`,
        )
      await store.remove(name, check)
      known.delete(name)
      await instrument.running?.stop()
    })
  }

  /** Another one that is read and would get a part of the pulses. */
  #dividing(settings: InstrumentSettings): InstrumentSettings | undefined {
    const { all } = this.#parts.known
    return all.find(({ settings: other, running }) => running && other !== settings && dividePulses(other, settings))
      ?.settings
  }

  #run(instrument: KnownInstrument, place: number): KnownInstrument {
    const { known, start, max } = this.#parts
    const { settings, origin } = instrument
    let { whyNot } = this.#parts
    if (this.#isClosed) whyNot = CLOSING
    const other = this.#dividing(settings)
    if (other) whyNot ??= divided(other)
    if (place >= max) whyNot = `At most ${max} instruments are read (instruments.max).`
    let running: Instrument | undefined
    try {
      if (whyNot === undefined) running = start(settings)
    } catch (error) {
      whyNot = messageOf(error)
    }
    const now: KnownInstrument = { settings, origin, running, whyNot: whyNot ?? '' }
    known.set(now)
    return now
  }
}

const NOT_YET = 'The server is starting.'
const CLOSING = 'The server is going down.'

function divided({ name, host, port }: InstrumentSettings): string {
  return `The instrument "${name}" pulls from ${host}:${port} already, and a PUSH socket would deal its pulses out to both in turn; use one of them, or a PUB socket`
}

function taken(name: string): Refusal {
  return new Refusal('conflict', `There is an instrument "${name}" already; choose another name`)
}

function visibleTo(principal: Principal, instrument: KnownInstrument): VisibleInstrument {
  const label = instrument.settings.name
  const channels = instrument.running?.status.channels ?? []
  const isVisible = ({ name, isPicture }: InstrumentChannel) =>
    !isPicture || may(principal, 'view', { label, key: name })
  return { ...instrument, channels: channels.filter(isVisible) }
}
