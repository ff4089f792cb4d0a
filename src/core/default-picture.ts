import { may, mayAny } from './authorization.ts'
import type { KnownInstruments } from './known-instruments.ts'
import type { Principal } from './principal.ts'
import type { StreamName } from './stream-name.ts'

/** The picture of an instrument, for those who name none. */
export class DefaultPicture {
  readonly #instruments: KnownInstruments
  readonly #configured: StreamName | undefined

  /** @param configured `instruments.default`; undefined: the first picture of the first instrument that the asker may see */
  constructor(instruments: KnownInstruments, configured: StreamName | undefined) {
    this.#instruments = instruments
    this.#configured = configured
  }

  /**
   * Its name, also if the principal may not see it; undefined if there is none, or it is not known yet.
   * It is not asked whether the principal has ended.
   */
  of(principal: Principal): StreamName | undefined {
    if (this.#configured) return this.#configured
    const first = this.#instruments.all.find(({ settings }) => mayAny(principal, 'view', settings.name))
    if (!first?.running) return undefined
    const { settings, status } = first.running
    const pictures = settings.pictures ?? status.channels.filter(({ isPicture }) => isPicture).map(({ name }) => name)
    return pictures.map((key) => ({ label: settings.name, key })).find((picture) => may(principal, 'view', picture))
  }
}
