import type { Instrument, InstrumentSettings, InstrumentStatus, Units } from './instrument.ts'
import { nameId, type StreamName } from './stream-name.ts'

/** An instrument that this server knows. */
export interface KnownInstrument {
  readonly settings: InstrumentSettings
  /** Whether it is in the configuration, or was added while the server ran. */
  readonly origin: 'configuration' | 'added'
  /** Undefined while it is not read. */
  readonly running?: Instrument | undefined
  /** Why it is not read, as a sentence for people; empty while it is. */
  readonly whyNot: string
}

/** All instruments that this server knows, by name, in their order. */
export class KnownInstruments {
  readonly #known = new Map<string, KnownInstrument>()

  get all(): readonly KnownInstrument[] {
    return [...this.#known.values()]
  }

  get count(): number {
    return this.#known.size
  }

  get(name: string): KnownInstrument | undefined {
    return this.#known.get(nameId(name))
  }

  /** Adds an instrument, or replaces what is known of it. */
  set(instrument: KnownInstrument): void {
    this.#known.set(nameId(instrument.settings.name), instrument)
  }

  delete(name: string): void {
    this.#known.delete(nameId(name))
  }

  /** How the instrument of a stream is doing; undefined if the stream is not that of an instrument. */
  statusOf({ label, key }: StreamName): InstrumentStatus | undefined {
    const { running } = this.get(label) ?? {}
    if (!running) return undefined
    const { settings, status } = running
    const isIts =
      settings.pictures?.includes(key) || status.channels.some(({ name, isPicture }) => isPicture && name === key)
    // Before the first header a placeholder of any name says why nothing comes.
    return isIts || status.channels.length === 0 ? status : undefined
  }

  /** The units of a stream's values and of what is measured with them; other pictures, which are streams too, are left out. */
  unitsOf(stream: StreamName): Units {
    const channels = this.statusOf(stream)?.channels
    const units = this.get(stream.label)?.settings.units
    if (!channels || !units) return {}
    const isHidden = (channel: string) =>
      channel !== stream.key && channels.some(({ name, isPicture }) => isPicture && name === channel)
    return Object.fromEntries(Object.entries(units).filter(([channel]) => !isHidden(channel)))
  }
}
