import type { InstrumentSettings } from './instrument.ts'

/** Stores the instruments that were added while the server ran; those of the configuration are not in it. */
export interface InstrumentStore {
  /** In the order in which they were added. */
  list(): Promise<InstrumentSettings[]>
  /**
   * Adds one.
   * @param check whether it is still allowed: called once nothing has to be waited for before it is written; what it
   *   throws is thrown
   * @returns false if the name is taken
   */
  add(instrument: InstrumentSettings, check: () => void): Promise<boolean>
  /** Removes one. @param check as of `add` @returns false if there is none of that name */
  remove(name: string, check: () => void): Promise<boolean>
}
