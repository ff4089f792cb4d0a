import type { Camera, CameraOrigin, CameraSettings } from './camera.ts'
import type { CameraPuller } from './camera-puller.ts'
import { messageOf, Refusal } from './errors.ts'
import type { KnownCamera, KnownCameras } from './known-cameras.ts'
import { isSameStream, streamId } from './stream-name.ts'

/** What running the known cameras needs. */
export interface CameraRunnerParts {
  readonly known: KnownCameras
  readonly puller: Pick<CameraPuller, 'start'>
  /** Why cameras are kept but not pulled at this server, as a sentence; undefined if they are pulled. */
  readonly whyNot: string | undefined
  /** How many cameras there may be; those of the hub's list count once they are switched on. */
  readonly max: number
}

/** A camera as it is stored or configured. */
export type CameraEntry = Pick<KnownCamera, 'settings' | 'problem'>

/**
 * Runs the known cameras that are to run: of one stream only the one that counts, none that is off, and at most so many.
 * Its methods are called one at a time.
 */
export class CameraRunner {
  readonly #parts: CameraRunnerParts
  #phase: 'starting' | 'running' | 'closed' = 'starting'

  constructor(parts: CameraRunnerParts) {
    this.#parts = parts
  }

  /** Starts cameras from now on. */
  async start(): Promise<void> {
    if (this.#phase === 'starting') this.#phase = 'running'
    await this.settle()
  }

  /** Stops all for good, at any time; resolves when they have stopped. */
  async close(): Promise<void> {
    this.#phase = 'closed'
    await Promise.all(this.#parts.known.all.map(({ running }) => running?.stop()))
  }

  /** Makes the known cameras of one origin those of a list; of what has changed nothing runs until `settle`. */
  async follow(origin: CameraOrigin, stored: readonly CameraEntry[]): Promise<void> {
    const { known } = this.#parts
    const there = new Set(stored.map(({ settings }) => streamId(settings.stream)))
    for (const camera of known.all.filter((each) => each.origin === origin))
      if (!there.has(streamId(camera.settings.stream))) await this.forget(camera)
    for (const { settings, problem } of stored) {
      const before = known.of(origin, settings.stream)
      if (before && before.problem === problem && isEqual(before.settings, settings)) continue
      await this.replace(before, { settings, origin, problem, whyNot: '' })
    }
  }

  /** Puts a camera that does not run in place of one that may, which stops. */
  async replace(before: KnownCamera | undefined, camera: KnownCamera): Promise<void> {
    const { known } = this.#parts
    if (before && !isSameStream(before.settings.stream, camera.settings.stream)) known.delete(before)
    known.set({ ...camera, running: undefined, whyNot: RESTARTING })
    await before?.running?.stop()
  }

  /** Stops a camera, and knows it no longer. */
  async forget(camera: KnownCamera): Promise<void> {
    this.#parts.known.delete(camera)
    await camera.running?.stop()
  }

  /** Stops the cameras that are not to run any more, then starts those that are. */
  async settle(): Promise<void> {
    const { known } = this.#parts
    for (const camera of known.all) {
      const whyNot = camera.running && this.#whyNot(camera)
      if (whyNot === undefined) continue
      known.set({ ...camera, running: undefined, whyNot })
      await camera.running?.stop()
    }
    for (const camera of known.all) if (!camera.running) known.set(this.#started(camera))
  }

  #started(camera: KnownCamera): KnownCamera {
    const { settings, origin } = camera
    let whyNot = this.#whyNot(camera)
    let running: Camera | undefined
    try {
      if (whyNot === undefined) running = this.#parts.puller.start(settings, origin)
    } catch (error) {
      whyNot = messageOf(error)
    }
    return { ...camera, running, whyNot: whyNot ?? '' }
  }

  #whyNot(camera: KnownCamera): string | undefined {
    const { known, whyNot, max } = this.#parts
    const { settings, problem, running } = camera
    if (this.#phase === 'closed') return CLOSING
    const counting = known.get(settings.stream)
    if (counting && counting.origin !== camera.origin) return HIDDEN[counting.origin]
    if (problem !== undefined) return problem
    if (!isOn(settings)) return camera.origin === 'hub' ? OFF_IN_HUB : OFF
    if (whyNot !== undefined) return whyNot
    if (this.#phase === 'starting') return STARTING
    const count = known.all.filter((each) => each.running).length
    return !running && count >= max ? `At most ${max} cameras are pulled (cameras.max).` : undefined
  }

  /** @throws Refusal `exhausted` when there are as many cameras as there may be */
  checkRoom(): void {
    const { known, max } = this.#parts
    const count = known.all.filter(({ origin, settings }) => origin !== 'hub' || isOn(settings)).length
    if (count < max) return
    throw new Refusal('exhausted', `At most ${max} cameras (cameras.max); remove one first.`, { limit: 'cameras.max' })
  }
}

const STARTING = 'The server is starting.'
const RESTARTING = 'It is being started anew.'
const CLOSING = 'The server is going down.'
const OFF = 'It is switched off.'
const OFF_IN_HUB = 'It is known from the detection hub’s list and switched off here: its detectors pull it.'
const HIDDEN: Readonly<Record<CameraOrigin, string>> = {
  configuration: 'The configuration has a camera of this name, which counts.',
  added: 'A camera of this name was added here, which counts.',
  hub: 'The detection hub’s list has a camera of this name, which counts.',
}

/** Whether a camera is to be pulled, on demand or always. */
export function isOn({ runs }: CameraSettings): boolean {
  return runs !== 'off'
}

function isEqual(one: CameraSettings, other: CameraSettings): boolean {
  const { stream } = one
  const isSameSpelling = stream.label === other.stream.label && stream.key === other.stream.key
  return isSameSpelling && FIELDS.every((field) => one[field] === other[field])
}

const FIELDS = ['url', 'user', 'password', 'runs', 'certificate', 'transport'] as const
