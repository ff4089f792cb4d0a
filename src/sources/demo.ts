import { FPS, HEIGHT, SCENE_KEYS, type SceneKey, WIDTH, type WorkerSettings } from '../../demo/thread-messages.ts'
import type { Clock } from '../core/clock.ts'
import { messageOf, Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { systemPrincipal } from '../core/principal.ts'
import type { SourceRun, SupervisedSource } from '../core/pulled-source.ts'
import { SerialQueue } from '../core/serial-queue.ts'
import type { Supervisor } from '../core/supervisor.ts'
import { warningNames } from '../wire/warnings.ts'
import { DemoThread, type DemoThreadListener, type Drawing } from './demo-thread.ts'

/** What the demo needs; created in `server.ts`. */
export interface DemoParts {
  readonly supervisor: Supervisor
  readonly clock: Clock
  readonly log: Log
  /** Seed of the scenes' random events. */
  readonly seed: number
  /** Starts the thread that draws; replaced by tests. */
  readonly startThread?: StartThread
}

/** Starts a thread that draws, as `DemoThread.start` does. */
export type StartThread = (
  settings: WorkerSettings,
  listener: DemoThreadListener,
) => Promise<Pick<DemoThread, 'draw' | 'stop'>>

/** The label of the demo's streams. */
export const DEMO_LABEL = 'demo'

/**
 * Demo source: three drawn streams for those without a camera. Each has ten frames a second while somebody is watching
 * it, else one, so that it stays live. A worker thread draws them, and is restarted when it dies.
 */
export class Demo {
  readonly #parts: DemoParts
  readonly #streams: readonly DemoStream[]
  #supervised: SupervisedSource | undefined
  /** Starts and stops run one after the other, in the order of the calls. */
  readonly #queue = new SerialQueue()
  /** Time of frame 0, monotonic ms. */
  #startedAt = 0

  constructor(parts: DemoParts) {
    this.#parts = parts
    this.#streams = SCENE_KEYS.map((key) => ({ key, last: undefined, askedAt: undefined }))
  }

  /** Whether it was started, even if its thread is just being restarted. */
  get isRunning(): boolean {
    return this.#supervised !== undefined
  }

  /**
   * Starts it, unless it is running. Resolves when it can draw.
   * @param check called when it is its turn, and throws if it may not be started any more
   * @throws Refusal `unavailable` when this machine cannot draw
   */
  start(check = () => {}): Promise<void> {
    return this.#queue.run(async () => {
      check()
      if (this.#supervised) return
      this.#startedAt = this.#parts.clock.monotonic()
      for (const stream of this.#streams) stream.last = undefined
      const supervised = this.#parts.supervisor.supervise({
        name: 'demo',
        dialect: 'demo',
        streams: SCENE_KEYS.map((key) => ({ label: DEMO_LABEL, key })),
        principal: PRINCIPAL,
        options: { when: 'always', startTimeout: START_TIMEOUT_MS, closeAfter: 0 },
        run: (run) => this.#draw(run),
      })
      // From now on its streams exist.
      this.#supervised = supervised
      try {
        await supervised.started
      } catch (error) {
        this.#supervised = undefined
        await supervised.stop()
        const reason = messageOf(error)
        throw new Refusal('unavailable', `The demo cannot be drawn on this machine: ${reason}`)
      }
    })
  }

  /** Stops it; its streams become stale. Resolves when its thread has ended. @param check as of `start` */
  stop(check = () => {}): Promise<void> {
    return this.#queue.run(async () => {
      check()
      const supervised = this.#supervised
      this.#supervised = undefined
      await supervised?.stop()
    })
  }

  /** One run of the thread. @throws Error when it cannot draw, or dies */
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

  /** Requests the frames that are due, ten times a second. A frame that is too late is skipped. @returns stops it */
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
      // Log once for each stream, not ten times a second.
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
  /** The number of the frame that was requested last. */
  last: number | undefined
  /** When the pending frame was requested, ms since 1970; undefined if none is pending. */
  askedAt: number | undefined
  /** Why the hub refused a frame. */
  refusal?: string
}

function isDue(run: SourceRun, { key, last }: DemoStream, frame: number): boolean {
  if (last === undefined || frame - last >= FPS) return true
  return frame > last && run.demand({ label: DEMO_LABEL, key }).maxFps !== 0
}

const PRINCIPAL = systemPrincipal('the demo', [
  { actions: ['publish'], scope: { kind: 'labels', labels: [DEMO_LABEL] } },
])
