import { may } from './authorization.ts'
import type { CameraSettings } from './camera.ts'
import { type CameraChange, changedCamera } from './camera-change.ts'
import { type CameraRunner, isOn } from './camera-runner.ts'
import type { CameraStore } from './camera-store.ts'
import { Refusal } from './errors.ts'
import { hubEntries } from './hub-camera.ts'
import type { HubCameraList } from './hub-camera-list.ts'
import type { KnownCamera, KnownCameras } from './known-cameras.ts'
import { authorize, authorizeAny, type Principal } from './principal.ts'
import { SerialQueue } from './serial-queue.ts'
import { isSameStream, type StreamName } from './stream-name.ts'

/** What the list of cameras needs. */
export interface CameraListParts {
  readonly known: KnownCameras
  readonly store: CameraStore
  readonly hub: HubCameraList
  readonly runner: CameraRunner
}

/** A camera as somebody may see it. */
export interface VisibleCamera extends KnownCamera {
  /** Whether whoever asks may edit cameras of its label, and so sees where it is. */
  readonly mayEdit: boolean
}

/**
 * The cameras that are known: those of the configuration, those that people add, change and remove while the server runs,
 * which are kept in a store, and those of the detection hub's list, which are off until somebody switches them on.
 */
export class CameraList {
  readonly #parts: CameraListParts
  readonly #queue = new SerialQueue()

  constructor(parts: CameraListParts) {
    this.#parts = parts
  }

  /** Reads what is stored, and starts nothing yet. @param configured the cameras of the configuration, of different streams */
  async load(configured: readonly CameraSettings[]): Promise<void> {
    for (const settings of configured) this.#parts.known.set({ settings, origin: 'configuration', whyNot: '' })
    await this.refresh()
  }

  /** Starts all that are not off. */
  start(): Promise<void> {
    return this.#queue.run(() => this.#parts.runner.start())
  }

  /** Stops all; resolves when they have stopped. */
  close(): Promise<void> {
    return this.#parts.runner.close()
  }

  /** Reads anew what is stored, as others may have changed it: starts, stops and changes cameras accordingly. */
  refresh(): Promise<void> {
    return this.#queue.run(async () => {
      const { store, hub, runner } = this.#parts
      const [added, inHub] = await Promise.all([store.list(), hub.cameras()])
      await runner.follow('added', added)
      await runner.follow('hub', hubEntries(inHub))
      await runner.settle()
    })
  }

  /**
   * The cameras whose streams the principal may view; none for who sees pictures only.
   * @throws Refusal `forbidden` if it may view nothing
   */
  list(principal: Principal): VisibleCamera[] {
    authorizeAny(principal, 'view')
    if (principal.isPicturesOnly) return []
    return this.#parts.known.all
      .filter(({ settings }) => may(principal, 'view', settings.stream))
      .map((camera) => visibleTo(principal, camera))
  }

  /**
   * Adds a camera, keeps it and starts it.
   * @throws Refusal `forbidden`; `conflict` if its stream has a camera; `exhausted` if there are too many; `unavailable` if its
   *   password cannot be encrypted
   */
  add(principal: Principal, settings: CameraSettings): Promise<VisibleCamera> {
    const check = () => authorize(principal, 'edit_cameras', { label: settings.stream.label })
    return this.#change(check, async () => {
      const { known, store, runner } = this.#parts
      if (known.get(settings.stream)) throw taken(settings.stream)
      runner.checkRoom()
      if (!(await store.add(settings, check))) throw taken(settings.stream)
      known.set({ settings, origin: 'added', whyNot: '' })
      return this.#shown(principal, settings.stream)
    })
  }

  /**
   * Changes a camera, and starts it anew. Of one of the hub's list only how it is pulled can be changed.
   * @throws Refusal `forbidden` in its label or the new one; `not_found`; `conflict` if it is in the configuration or the new name
   *   is taken; `invalid`; `exhausted`; `unavailable`
   */
  change(principal: Principal, stream: StreamName, change: CameraChange): Promise<VisibleCamera> {
    const check = () => {
      authorize(principal, 'edit_cameras', { label: stream.label })
      if (change.label !== undefined) authorize(principal, 'edit_cameras', { label: change.label })
    }
    return this.#change(check, async () => {
      const camera = this.#find(stream)
      if (camera.origin === 'configuration') throw configured(stream)
      const settings = camera.origin === 'hub' ? pulledAs(camera, change) : changedCamera(camera.settings, change)
      if (!isOn(camera.settings) && isOn(settings) && camera.origin === 'hub') this.#parts.runner.checkRoom()
      await (camera.origin === 'hub'
        ? this.#storeHub(stream, settings, check)
        : this.#storeAdded(stream, settings, check))
      const problem = camera.origin === 'hub' ? camera.problem : undefined
      await this.#parts.runner.replace(camera, { ...camera, settings, problem })
      return this.#shown(principal, settings.stream)
    })
  }

  /**
   * Stops a camera that was added, and forgets it.
   * @throws Refusal `forbidden`; `not_found`; `conflict` if it is in the configuration or the hub's list
   */
  remove(principal: Principal, stream: StreamName): Promise<void> {
    const check = () => authorize(principal, 'edit_cameras', { label: stream.label })
    return this.#change(check, async () => {
      const { known, store, runner } = this.#parts
      const camera = known.of('added', stream)
      if (!camera) throw this.#find(stream).origin === 'hub' ? listedByHub(stream) : configured(stream)
      await store.remove(stream, check)
      await runner.forget(camera)
    })
  }

  /**
   * Tries a camera again now, also after a wrong password.
   * @throws Refusal `forbidden`; `not_found`; `conflict` if it is off or not pulled here
   */
  retry(principal: Principal, stream: StreamName): Promise<VisibleCamera> {
    const check = () => authorize(principal, 'edit_cameras', { label: stream.label })
    return this.#change(check, async () => {
      // One that could not be started is tried, too.
      if (!this.#find(stream).running) await this.#parts.runner.settle()
      check()
      const { running, whyNot } = this.#find(stream)
      if (!running) throw new Refusal('conflict', `${nameOf(stream)} is not pulled: ${whyNot}`)
      running.retry()
      return this.#shown(principal, stream)
    })
  }

  /** Whether the stream has a camera. */
  has(stream: StreamName): boolean {
    return this.#parts.known.get(stream) !== undefined
  }

  /**
   * What a camera would be with a change, for a test of it: with the stored password, as far as `changedCamera` allows.
   * @throws Refusal `forbidden`; `not_found`; `invalid`
   */
  changed(principal: Principal, stream: StreamName, change: CameraChange): KnownCamera {
    authorize(principal, 'edit_cameras', { label: stream.label })
    const camera = this.#find(stream)
    const settings = changedCamera(camera.settings, change)
    // Only the admin of the machine decides on addresses that nobody may ask.
    return { ...camera, settings, origin: settings.url === camera.settings.url ? camera.origin : 'added' }
  }

  /** Changes the list in turn. The right is asked at once and in turn, and by `work` after whatever it waits for. */
  async #change<Result>(check: () => void, work: () => Promise<Result>): Promise<Result> {
    check()
    return this.#queue.run(async () => {
      check()
      try {
        return await work()
      } finally {
        await this.#parts.runner.settle()
      }
    })
  }

  #find(stream: StreamName): KnownCamera {
    const camera = this.#parts.known.get(stream)
    if (!camera) throw new Refusal('not_found', `There is no camera ${nameOf(stream)}`)
    return camera
  }

  async #storeHub(stream: StreamName, settings: CameraSettings, check: () => void): Promise<void> {
    if (!(await this.#parts.hub.pull(stream, settings, check)))
      throw new Refusal('not_found', `The hub's list has no camera ${nameOf(stream)} any more`)
  }

  async #storeAdded(stream: StreamName, settings: CameraSettings, check: () => void): Promise<void> {
    const { known, store } = this.#parts
    if (!isSameStream(stream, settings.stream) && known.get(settings.stream)) throw taken(settings.stream)
    if (!(await store.change(stream, settings, check))) throw taken(settings.stream)
  }

  /** The camera as it is once it was started. */
  async #shown(principal: Principal, stream: StreamName): Promise<VisibleCamera> {
    await this.#parts.runner.settle()
    return visibleTo(principal, this.#find(stream))
  }
}

/** A camera of the hub's list, pulled as somebody wants. @throws Refusal `conflict` when anything else is to change */
function pulledAs({ settings }: KnownCamera, change: CameraChange): CameraSettings {
  const { runs = settings.runs, certificate = settings.certificate, transport = settings.transport, ...others } = change
  if (Object.values(others).some((value) => value !== undefined)) throw listedByHub(settings.stream)
  return { ...settings, runs, certificate, transport }
}

function nameOf({ label, key }: StreamName): string {
  return `"${label}/${key}"`
}

function taken(stream: StreamName): Refusal {
  return new Refusal('conflict', `There is a camera ${nameOf(stream)} already; choose another name`)
}

function configured(stream: StreamName): Refusal {
  return new Refusal(
    'conflict',
    `${nameOf(stream)} is in the configuration of the server (cameras.sources): change it there and restart the server`,
  )
}

function listedByHub(stream: StreamName): Refusal {
  return new Refusal(
    'conflict',
    `${nameOf(stream)} is in the detection hub's list: name, address and password are changed there (POST /api/config), here only whether and how it is pulled`,
  )
}

function visibleTo(principal: Principal, camera: KnownCamera): VisibleCamera {
  return { ...camera, mayEdit: may(principal, 'edit_cameras', { label: camera.settings.stream.label }) }
}
