import { Refusal } from '../../src/core/errors.ts'
import type { FrameInput } from '../../src/core/frame.ts'
import { type FrameId, nextFrameId } from '../../src/core/frame-id.ts'
import type { FrameStore } from '../../src/core/frame-store.ts'
import type { Hub } from '../../src/core/hub.ts'
import type { StoreHealth } from '../../src/core/store-health.ts'
import { type StreamName, streamId } from '../../src/core/stream-name.ts'
import { anyone } from './hub.ts'

/** A fake frame store that behaves like a remote one on demand: delays, fails, recovers, echoes stored frames. */
export class TestStore implements FrameStore {
  /** The stored frames, ordered by id. */
  readonly stored: { readonly input: FrameInput; readonly id: FrameId }[] = []
  /** The error to fail with; undefined: it works. */
  failure: string | undefined
  /** Where each stored frame is echoed to, with the same id, before `store` resolves. */
  echo: Pick<Hub, 'accept'> | undefined
  /** How far its clock is behind the server's, ms. */
  lag = 0
  /** The number of frames waiting to be stored. */
  waiting = 0
  readonly #last = new Map<string, FrameId>()
  #held: Promise<void> | undefined
  #release: (() => void) | undefined

  async append(input: FrameInput, receivedAt: number): Promise<FrameId> {
    this.waiting++
    try {
      await this.#held
    } finally {
      this.waiting--
    }
    if (this.failure !== undefined) throw new Error(this.failure)
    const stream = streamId(input.stream)
    const id = nextFrameId(this.#last.get(stream), receivedAt - this.lag)
    this.#last.set(stream, id)
    this.stored.push({ input, id })
    this.echo?.accept(anyone, input, id, receivedAt, 'echo')
    return id
  }

  /** Does nothing: echoes go to `echo` instead. */
  subscribe(): () => void {
    return () => {}
  }

  async lookUp(): Promise<void> {}

  health(): StoreHealth {
    return this.failure === undefined ? { isHealthy: true } : { isHealthy: false, reason: this.failure }
  }

  async check(): Promise<void> {
    if (this.failure !== undefined) throw new Refusal('unavailable', this.failure)
  }

  async close(): Promise<void> {}

  forget(stream: StreamName): void {
    this.#last.delete(streamId(stream))
  }

  /** From now on frames wait for `release`. */
  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve
    })
  }

  /** Stores the waiting frames, and later ones at once. */
  release(): void {
    this.#release?.()
    this.#held = undefined
  }
}
