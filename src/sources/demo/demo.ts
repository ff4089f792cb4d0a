import type { Clock } from '../../core/clock.ts'
import { Refusal } from '../../core/errors.ts'
import type { Hub } from '../../core/hub.ts'
import type { Log } from '../../core/log.ts'
import type { Principal } from '../../core/principal.ts'
import { Artist, type ArtistListener, type Drawing } from './artist.ts'
import { SCENE_KEYS, type SceneKey, type WorkerSettings } from './orders.ts'
import { FPS, HEIGHT, WIDTH } from './scene.ts'

/** What the demo is handed by `server.ts`. */
export interface DemoParts {
  readonly hub: Hub
  readonly clock: Clock
  readonly log: Log
  /** Chooses what happens in the scenes, and when. */
  readonly seed: number
  /** Who draws; a thread of the server's own if left out. */
  readonly startArtist?: StartArtist
}

/** Starts a drawer, as `Artist.start` does. */
export type StartArtist = (settings: WorkerSettings, listener: ArtistListener) => Promise<Pick<Artist, 'draw' | 'stop'>>

/** The label of the demo's streams. */
export const DEMO_LABEL = 'demo'

/**
 * Three drawn streams for whoever has no camera at hand: ten frames a second of each while somebody watches it, else one,
 * so that it stays live. They are drawn in a thread of their own, which is started anew when it dies.
 */
export class Demo {
  readonly #parts: DemoParts
  readonly #streams: readonly DemoStream[]
  /** Changes with every start and stop, so that what was begun before does nothing any more. */
  #run = 0
  #isRunning = false
  #artist: Pick<Artist, 'draw' | 'stop'> | undefined
  /** Another thread in place of one that died, while it is being started. */
  #successor: Promise<void> = Promise.resolve()
  /** The last start or stop, for the next to wait for. */
  #turn: Promise<unknown> = Promise.resolve()
  #cancelTimer = () => {}
  /** Frames are counted from here: ms of the monotonic clock. */
  #startedAt = 0
  #artistSince = 0
  #patience = LEAST_PATIENCE_MS

  constructor(parts: DemoParts) {
    this.#parts = parts
    this.#streams = SCENE_KEYS.map((key) => ({ key, last: undefined, askedAt: undefined }))
  }

  /** Whether its streams are meant to come, even if its thread is just being started anew. */
  get isRunning(): boolean {
    return this.#isRunning
  }

  /**
   * Starts it; one that runs goes on. Resolves when it can draw.
   * @throws Refusal `unavailable` when this machine cannot draw
   */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isRunning) return
      const run = ++this.#run
      this.#startedAt = this.#parts.clock.monotonic()
      this.#patience = LEAST_PATIENCE_MS
      for (const stream of this.#streams) stream.last = undefined
      try {
        await this.#employ(run)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new Refusal('unavailable', `The demo cannot be drawn on this machine: ${reason}`)
      }
      this.#isRunning = true
      this.#tick(run)
    })
  }

  /** Stops it; its streams grow stale. Resolves when its thread has ended. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      this.#run++
      this.#isRunning = false
      this.#cancelTimer()
      const artist = this.#artist
      this.#artist = undefined
      await artist?.stop()
      await this.#successor
    })
  }

  /** Starts and stops come one after the other, in the order they were asked for. */
  #inTurn(action: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(action)
    this.#turn = done.catch(() => {})
    return done
  }

  async #employ(run: number): Promise<void> {
    const { startArtist = Artist.start } = this.#parts
    const artist = await startArtist(
      { seed: this.#parts.seed },
      { drawn: (drawing) => this.#publish(run, drawing), died: (reason) => this.#replace(run, reason) },
    )
    if (run !== this.#run) {
      await artist.stop()
      return
    }
    this.#artist = artist
    this.#artistSince = this.#parts.clock.monotonic()
    for (const stream of this.#streams) stream.askedAt = undefined
  }

  /** Asks for what is due, ten times a second. A frame that comes too late for its moment is never made up for. */
  #tick(run: number): void {
    if (run !== this.#run) return
    // There is one loop, however it came about that this is called.
    this.#cancelTimer()
    const { clock } = this.#parts
    const elapsed = clock.monotonic() - this.#startedAt
    const frame = Math.floor((elapsed * FPS) / 1000)
    for (const stream of this.#streams) {
      if (stream.askedAt !== undefined || !this.#isDue(stream, frame)) continue
      stream.last = frame
      stream.askedAt = clock.now()
      this.#artist?.draw({ key: stream.key, frame })
    }
    const next = Math.ceil(((frame + 1) * 1000) / FPS) - elapsed
    if (this.#artist) this.#cancelTimer = clock.after(next, () => this.#tick(run))
  }

  #isDue({ key, last }: DemoStream, frame: number): boolean {
    if (last === undefined || frame - last >= FPS) return true
    return frame > last && this.#parts.hub.demand(PRINCIPAL, { label: DEMO_LABEL, key }).maxFps !== 0
  }

  #publish(run: number, { key, jpeg, annotations, metadata }: Drawing): void {
    const stream = this.#streams.find((each) => each.key === key)
    if (run !== this.#run || !stream) return
    const capturedAt = stream.askedAt
    stream.askedAt = undefined
    const image = { bytes: jpeg, mediaType: 'image/jpeg', width: WIDTH, height: HEIGHT } as const
    const input = { stream: { label: DEMO_LABEL, key }, image, annotations, metadata, capturedAt }
    this.#parts.hub.publish(PRINCIPAL, input, 'demo').catch((error) => {
      const isNew = stream.refusal === undefined
      stream.refusal = String(error)
      // Once for each stream, and not ten times a second.
      if (isNew) this.#parts.log.warn({ err: error, key }, 'the demo could not publish')
    })
  }

  /** The thread has ended by itself: another one is tried, each time after a longer while. */
  #replace(run: number, reason: string): void {
    if (run !== this.#run) return
    const { clock, log } = this.#parts
    const hasWorked = this.#artist !== undefined && clock.monotonic() - this.#artistSince > MOST_PATIENCE_MS
    if (hasWorked) this.#patience = LEAST_PATIENCE_MS
    this.#artist = undefined
    this.#cancelTimer()
    log.warn({ reason, again_in_ms: this.#patience }, "the demo's thread ended")
    this.#cancelTimer = clock.after(this.#patience, () => {
      this.#successor = this.#employ(run)
        .then(() => this.#tick(run))
        .catch((error) => this.#replace(run, error instanceof Error ? error.message : String(error)))
    })
    this.#patience = Math.min(2 * this.#patience, MOST_PATIENCE_MS)
  }
}

/** ms before a thread that died is started again. */
const LEAST_PATIENCE_MS = 500
const MOST_PATIENCE_MS = 10_000

interface DemoStream {
  readonly key: SceneKey
  /** The frame that was asked for last. */
  last: number | undefined
  /** When a frame was asked for that has not come yet: ms since 1970. */
  askedAt: number | undefined
  /** Why the hub did not take a frame. */
  refusal?: string
}

const PRINCIPAL: Principal = {
  id: 'demo',
  name: 'the demo',
  kind: 'key',
  may: (action, { label }) => action === 'publish' && label === DEMO_LABEL,
  mayAny: (action, label = DEMO_LABEL) => action === 'publish' && label === DEMO_LABEL,
  ended: new AbortController().signal,
}
