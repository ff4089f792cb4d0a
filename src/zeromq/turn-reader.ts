import type { EventLoopTurns } from '../core/event-loop-turns.ts'
import type { Session } from '../wire/zmtp/session.ts'

/** What a reader in turns needs. */
export interface TurnReaderParts {
  readonly session: Session
  /** Shared by all whose peers are to be served one after another. */
  readonly turns: EventLoopTurns
  /** Whose messages they are, in `turns`. */
  readonly client: string
  /** What arrived has been taken after all: more may be read. */
  resume(): void
}

/**
 * Gives a session what arrives, message by message, for some milliseconds in each turn of the event loop: however many
 * messages a peer packs into what is read at once, and whatever each of them takes, everybody else is served between them.
 * Meanwhile nothing more is read.
 */
export class TurnReader {
  readonly #parts: TurnReaderParts
  /** What is to be taken in the next turn. */
  #rest: Uint8Array | undefined
  #cancel = () => {}

  constructor(parts: TurnReaderParts) {
    this.#parts = parts
  }

  /** Takes what has arrived. @returns whether more may be read now; if not, the chunk must stay as it is until `resume` */
  receive(chunk: Uint8Array): boolean {
    const { session, turns } = this.#parts
    let rest = chunk
    while (rest.length > 0 && !turns.isOver) {
      const begin = performance.now()
      rest = rest.subarray(session.receive(rest))
      turns.spend(performance.now() - begin)
    }
    return this.#mayGoOn(rest)
  }

  /** As `receive`, of what has been put into the session's `space`. @param length bytes */
  filled(length: number): boolean {
    const { session, turns } = this.#parts
    const begin = performance.now()
    session.filled(length)
    turns.spend(performance.now() - begin)
    return this.#mayGoOn(NOTHING)
  }

  /** Takes nothing more. */
  stop(): void {
    this.#cancel()
  }

  #mayGoOn(rest: Uint8Array): boolean {
    const { turns, client, resume } = this.#parts
    if (rest.length === 0 && !turns.isOver) return true
    this.#rest = rest
    this.#cancel = turns.after(client, () => {
      if (this.receive(this.#rest ?? NOTHING)) resume()
    })
    return false
  }
}

const NOTHING = new Uint8Array(0)
