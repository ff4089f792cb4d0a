import { FPS, HEIGHT, SCENE_KEYS, type SceneKey, WIDTH, type WorkerSettings } from '../../demo/thread-messages.ts'
import type { Clock } from '../core/clock.ts'
import { messageOf, Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { systemPrincipal } from '../core/principal.ts'
import { SerialQueue } from '../core/serial-queue.ts'
import type { SourceRun, SupervisedSource, Supervisor } from '../core/supervisor.ts'
import { warningNames } from '../wire/warnings.ts'
import { DemoThread, type DemoThreadListener, type Drawing } from './demo-thread.ts'

/** What the demo is handed by `server.ts`. */
export interface DemoParts {
  readonly supervisor: Supervisor
  readonly clock: Clock
  readonly log: Log
  /** Chooses what happens in the scenes, and when. */
  readonly seed: number
  /** Starts what draws; a thread of the server's own if left out. */
  readonly startThread?: StartThread
}

/** Starts what draws, as `DemoThread.start` does. */
export type StartThread = (
  settings: WorkerSettings,
  listener: DemoThreadListener,
) => Promise<Pick<DemoThread, 'draw' | 'stop'>>

/** The label of the demo's streams. */
export const DEMO_LABEL = 'demo'

/**
 * Three drawn streams for whoever has no camera at hand: ten frames a second of each while somebody watches it, else
 * one, so that it stays live. They are drawn in a thread of their own, which is started anew when it dies.
 */
export class Demo {
  readonly #parts: DemoParts
  readonly #streams: readonly DemoStream[]
  #kept: SupervisedSource | undefined
  /** Starts and stops come one after the other, in the order they were asked for. */
  readonly #queue = new SerialQueue()
  /** Frames are counted from here: ms of the monotonic clock. */
  #startedAt = 0

  constructor(parts: DemoParts) {
    this.#parts = parts
    this.#streams = SCENE_KEYS.map((key) => ({ key, last: undefined, askedAt: undefined }))
  }

  /** Whether its streams are meant to come, even if its thread is just being started anew. */
  get isRunning(): boolean {
    return this.#kept !== undefined
  }

  /**
   * Starts it; one that runs goes on. Resolves when it can draw.
   * @throws Refusal `unavailable` when this machine cannot draw
   */
  start(): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#kept) return
      this.#startedAt = this.#parts.clock.monotonic()
      for (const stream of this.#streams) stream.last = undefined
      const kept = this.#parts.supervisor.keep({
        name: 'demo',
        dialect: 'demo',
        streams: SCENE_KEYS.map((key) => ({ label: DEMO_LABEL, key })),
        principal: PRINCIPAL,
        options: { when: 'always', startTimeout: START_TIMEOUT_MS, closeAfter: 0 },
        run: (run) => this.#draw(run),
      })
      // Its streams are there from now on.
      this.#kept = kept
      try {
        await kept.started
      } catch (error) {
        this.#kept = undefined
        await kept.stop()
        const reason = messageOf(error)
        throw new Refusal('unavailable', `The demo cannot be drawn on this machine: ${reason}`)
      }
    })
  }

  /** Stops it; its streams grow stale. Resolves when its thread has ended. */
  stop(): Promise<void> {
    return this.#queue.run(async () => {
      const kept = this.#kept
      this.#kept = undefined
      await kept?.stop()
    })
  }

  /** The life of one thread. @throws Error when it cannot draw, or dies */
  async #draw(run: SourceRun): Promise<void> {
    const { seed, startThread = DemoThread.start } = this.#parts
    const ended = Promise.withResolvers<void>()
    run.signal.addEventListener('abort', () => ended.resolve())
    const thread = await startThread(
      { seed },
      {
        drawn: (drawing) => this.#publish(run, drawing),
        died: (reason) => ended.reject(new Error(`its thread ended: ${reason}`)),
      },
    )
    for (const stream of this.#streams) stream.askedAt = undefined
    run.ready()
    const cancelTicks = this.#tick(run, thread)
    try {
      await ended.promise
    } finally {
      cancelTicks()
      await thread.stop()
    }
  }

  /**
   * Asks for what is due, ten times a second. A frame that comes too late for its moment is never made up for.
   * @returns ends that
   */
  #tick(run: SourceRun, thread: Pick<DemoThread, 'draw'>): () => void {
    const { clock } = this.#parts
    let cancel = () => {}
    const tick = () => {
      if (run.signal.aborted) return
      const elapsed = clock.monotonic() - this.#startedAt
      const frame = Math.floor((elapsed * FPS) / 1000)
      for (const stream of this.#streams) {
        if (stream.askedAt !== undefined || !isDue(run, stream, frame)) continue
        stream.last = frame
        stream.askedAt = clock.now()
        thread.draw({ key: stream.key, frame })
      }
      const next = Math.ceil(((frame + 1) * 1000) / FPS) - elapsed
      cancel = clock.after(next, tick)
    }
    tick()
    return () => cancel()
  }

  #publish(run: SourceRun, { key, jpeg, annotations, metadata }: Drawing): void {
    const stream = this.#streams.find((each) => each.key === key)
    if (run.signal.aborted || !stream) return
    const capturedAt = stream.askedAt
    stream.askedAt = undefined
    const size = { width: WIDTH, height: HEIGHT }
    const payload = { kind: 'image', bytes: jpeg, mediaType: 'image/jpeg', ...size } as const
    const warnings = warningNames(annotations.warnings)
    const input = { stream: { label: DEMO_LABEL, key }, size, payload, warnings, annotations, metadata, capturedAt }
    run.publish(input).catch((error) => {
      const isNew = stream.refusal === undefined
      stream.refusal = String(error)
      // Once for each stream, and not ten times a second.
      if (isNew) this.#parts.log.warn({ err: error, key }, 'the demo could not publish')
    })
  }
}

/**
 * How long the first picture may take, ms: starting a thread and loading the library takes a second on a slow machine.
 */
const START_TIMEOUT_MS = 10_000

interface DemoStream {
  readonly key: SceneKey
  /** The frame that was asked for last. */
  last: number | undefined
  /** When a frame was asked for that has not come yet: ms since 1970. */
  askedAt: number | undefined
  /** Why the hub did not take a frame. */
  refusal?: string
}

function isDue(run: SourceRun, { key, last }: DemoStream, frame: number): boolean {
  if (last === undefined || frame - last >= FPS) return true
  return frame > last && run.demand({ label: DEMO_LABEL, key }).maxFps !== 0
}

const PRINCIPAL = systemPrincipal('the demo', [
  { actions: ['publish'], scope: { kind: 'labels', labels: [DEMO_LABEL] } },
])
