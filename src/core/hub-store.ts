import { type Clock, inTime } from './clock.ts'
import { messageOf, Refusal } from './errors.ts'
import type { FrameInput } from './frame.ts'
import { type FrameId, nextFrameId } from './frame-id.ts'
import type { FrameStore } from './frame-store.ts'
import type { StreamName } from './stream-name.ts'

/** The id that a frame has got. */
export interface StoredFrame {
  readonly id: FrameId
  /** Why it could not be stored. */
  readonly notStored?: string
}

/** The store as the hub uses it: nobody waits for it for longer than a time limit, and a frame gets an id without it. */
export class HubStore {
  readonly #clock: Clock
  readonly #store: FrameStore
  readonly #timeout: number

  /** @param timeout how long the store may take, ms */
  constructor(clock: Clock, store: FrameStore, timeout: number) {
    this.#clock = clock
    this.#store = store
    this.#timeout = timeout
  }

  /**
   * Stores a frame. Never rejects.
   * @param newest gives the id of the newest frame of its stream by then
   */
  async append(input: FrameInput, receivedAt: number, newest: () => FrameId | undefined): Promise<StoredFrame> {
    try {
      const appended = this.#store.append(input, receivedAt)
      const late = () => Promise.reject(new Error(`the store did not answer within ${this.#timeout} ms`))
      const id = typeof appended === 'string' ? appended : await inTime(this.#clock, this.#timeout, appended, late)
      return { id }
    } catch (error) {
      // Just above the newest one, or above none, rather than one of this server's clock: the store's clock may be behind,
      // and the ids it assigns once it is back must be higher still.
      return { id: nextFrameId(newest() ?? '0-0', 0), notStored: messageOf(error) }
    }
  }

  /** Looks a stream up. @throws Refusal as `check` */
  lookUp(name: StreamName): Promise<void> {
    return this.#answerOf(this.#store.lookUp(name))
  }

  /** Asks for a stream that is not known here; if it is in the store, it is discovered as any other. */
  seek(name: StreamName): void {
    this.#store.lookUp(name).catch(() => {})
  }

  /** Whether it answers. @throws Refusal `unavailable` if it is not there, `timed_out` if it does not answer */
  check(): Promise<void> {
    return this.#answerOf(this.#store.check())
  }

  /** See `FrameStore.forget`. */
  forget(name: StreamName): void {
    this.#store.forget(name)
  }

  #answerOf(answer: Promise<void>): Promise<void> {
    const sentence = `The store did not answer within ${this.#timeout} ms.`
    const late = () => Promise.reject(new Refusal('timed_out', sentence, { retryAfter: 1 }))
    return inTime(this.#clock, this.#timeout, answer, late)
  }
}
