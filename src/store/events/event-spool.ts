import type { SpooledEvent } from '../../core/event.ts'

/** How much a spool holds. */
export interface SpoolLimits {
  /** How many events; of one publisher at most half of it, except of those with priority. */
  readonly size: number
  /** How much they may take together, in bytes; those of one publisher as above. */
  readonly bytes: number
}

/** An event in the spool. */
export interface SpoolRow {
  /** Ascending in the order in which they came. */
  readonly place: number
  readonly event: SpooledEvent
}

/**
 * Where events wait for a log that cannot be reached: it outlives the process. All processes of one `data_dir` share it,
 * so that what one of them has left behind the others take to the log. Every method throws when it cannot be done.
 */
export interface EventSpool {
  /** Opens it, and creates it if needed. @param path of the file */
  open(path: string, limits: SpoolLimits): Promise<void>
  /**
   * Stores events: once it resolves, a crash or a power failure does not lose them.
   * @returns of each whether it is stored: there may be no room for it
   */
  add(events: readonly SpooledEvent[]): Promise<boolean[]>
  /** The oldest events: at most so many, and not too many bytes. */
  oldest(most: number): Promise<SpoolRow[]>
  /** Removes what is in the log. */
  remove(places: readonly number[]): Promise<void>
  close(): Promise<void>
}

/** The methods of a spool that its thread does, by name. */
export type SpoolMethod = keyof EventSpool

/** A call of a method, as it is sent to the worker thread. */
export type SpoolCall = {
  [Method in SpoolMethod]: {
    readonly method: Method
    readonly args: Parameters<EventSpool[Method]>
  }
}[SpoolMethod]
