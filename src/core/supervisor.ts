import { Refusal } from './errors.ts'
import { KeptSource, type KeptSourceParts } from './kept-source.ts'
import type { PulledSource, SupervisedSource } from './pulled-source.ts'

/** What a supervisor needs. */
export interface SupervisorParts extends KeptSourceParts {
  /** Whether sources run at this server (`sources.pull`); default: true. */
  readonly mayRun?: boolean
}

/**
 * Supervises all pulled sources: declares their streams, runs them while they are wanted, restarts them with backoff
 * when they fail, and shows on their streams why nothing comes.
 */
export class Supervisor {
  readonly #parts: SupervisorParts
  readonly #kept = new Set<KeptSource>()
  #isClosed = false

  constructor(parts: SupervisorParts) {
    this.#parts = parts
  }

  /** Whether sources run at this server: several servers of one installation must not pull the same. */
  get mayRun(): boolean {
    return this.#parts.mayRun ?? true
  }

  /**
   * Starts supervising a source.
   * @throws Refusal as `Hub.declare`; `exhausted` when the server is shutting down, `unavailable` when no sources run at
   *   this server; nothing is declared then
   */
  supervise(source: PulledSource): SupervisedSource {
    if (!this.mayRun) throw new Refusal('unavailable', NOT_HERE)
    if (this.#isClosed) throw new Refusal('exhausted', 'The server is going down.')
    const kept: KeptSource = new KeptSource(this.#parts, source, () => this.#kept.delete(kept))
    this.#kept.add(kept)
    kept.declare()
    return kept
  }

  /** Stops all sources; resolves when their runs have settled. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#kept].map((kept) => kept.stop()))
  }
}

const NOT_HERE = 'This server pulls no sources (sources.pull); ask the one that does.'
