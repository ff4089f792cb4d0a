import { maskedCamera, unmaskedCamera } from './camera-secrets.ts'
import type { CameraConfig, HubCamera, HubCameraStore, HubPull } from './camera-store.ts'
import { Refusal } from './errors.ts'
import { authorize, checkNotEnded, type Principal } from './principal.ts'
import { SerialQueue } from './serial-queue.ts'
import { checkName, isName, isSameStream, type StreamName } from './stream-name.ts'
import { isMasked, maskSecrets } from './url-secrets.ts'

/** The result of a change of the list. */
export interface CameraChange {
  /** The list as it is stored now, masked. */
  readonly cameras: readonly CameraConfig[]
  /** How many cameras were added and removed. */
  readonly added: number
  readonly removed: number
}

/** The largest number of cameras. */
export const MAX_CAMERAS = 1000

/**
 * The detection hub's list of cameras (`/api/config`), for administrators. Secrets are masked on the way out
 * (`camera-secrets.ts`); a masked one that comes back keeps what is stored. How its cameras are pulled here is kept with it.
 */
export class HubCameraList {
  readonly #store: HubCameraStore
  readonly #queue = new SerialQueue()
  #changed: () => Promise<void> = async () => {}

  constructor(store: HubCameraStore) {
    this.#store = store
  }

  /** Whom to tell of each change of the list, before its maker gets an answer. */
  onChanged(changed: () => Promise<void>): void {
    this.#changed = changed
  }

  /** All of it, for the server itself; passwords included. */
  cameras(): Promise<HubCamera[]> {
    return this.#store.list()
  }

  /**
   * The cameras in order, masked.
   * @throws Refusal `forbidden`, `unauthenticated` if the principal may not administer; `unavailable` when they cannot be read
   */
  async read(principal: Principal): Promise<CameraConfig[]> {
    authorize(principal, 'administer', {})
    const cameras = await this.#store.list()
    checkNotEnded(principal)
    const problem = cameras.find((camera) => camera.problem !== undefined)?.problem
    // Who posts back what is left of the list would remove the others.
    if (problem !== undefined)
      throw new Refusal('unavailable', `The list cannot be read: ${problem} A list that is posted whole replaces it.`)
    return cameras.map(({ config }) => maskedCamera(config))
  }

  /**
   * Replaces the list: cameras that are not in it are removed, those with a known `video_url` are merged field by
   * field, new ones are added. A stream that is pulled here goes on being pulled.
   * @throws Refusal `forbidden`; `invalid` when it is not a list of cameras, or a masked password is not stored;
   *   `unavailable` when it cannot be encrypted
   */
  async replace(principal: Principal, given: unknown): Promise<CameraChange> {
    authorize(principal, 'administer', {})
    const cameras = readCameras(given)
    const change = await this.#queue.run(async () => {
      const stored = await this.#store.list()
      const before = stored.filter(({ problem }) => problem === undefined).map(({ config }) => config)
      const merged = mergeCameras(before, cameras)
      const all = merged.map((config): HubCamera => ({ config, pull: pullOf(stored, config) }))
      // Again, since the right may have been lost while others were served or the store was waited for.
      await this.#store.replace(all, () => authorize(principal, 'administer', {}))
      const known = new Set(before.map(({ video_url }) => video_url))
      const kept = merged.filter(({ video_url }) => known.has(video_url)).length
      return { cameras: merged.map(maskedCamera), added: merged.length - kept, removed: stored.length - kept }
    })
    await this.#changed()
    return change
  }

  /**
   * Changes how the camera of a stream is pulled here.
   * @param check as of `HubCameraStore.replace`
   * @returns false if the list has no camera of that stream
   * @throws Refusal `unavailable` when the list cannot be read, or not be encrypted
   */
  pull(stream: StreamName, pull: HubPull, check: () => void): Promise<boolean> {
    return this.#queue.run(async () => {
      const stored = await this.#store.list()
      const problem = stored.find((camera) => camera.problem !== undefined)?.problem
      // What cannot be read now may be readable again.
      if (problem !== undefined) throw new Refusal('unavailable', problem)
      const all = stored.map((camera) => (isOf(stream, camera.config) ? { ...camera, pull } : camera))
      if (!all.some(({ config }) => isOf(stream, config))) return false
      await this.#store.replace(all, check)
      return true
    })
  }
}

/** The stream that a camera of the list becomes; undefined if it says too little. */
export function streamOfConfig({ site, stream_name }: CameraConfig): StreamName | undefined {
  return isName(site) && isName(stream_name) ? { label: site, key: stream_name } : undefined
}

function isOf(stream: StreamName, config: CameraConfig): boolean {
  const other = streamOfConfig(config)
  return other !== undefined && isSameStream(stream, other)
}

function pullOf(stored: readonly HubCamera[], config: CameraConfig): HubPull | undefined {
  const stream = streamOfConfig(config)
  return stream && stored.find((camera) => isOf(stream, camera.config))?.pull
}

const SCHEMES = ['http', 'https', 'rtsp', 'rtsps', 'rtmp', 'rtmps', 'rtp', 'srt', 'udp']

/** @throws Refusal `invalid`, naming the camera and what is allowed */
function readCameras(given: unknown): CameraConfig[] {
  if (!Array.isArray(given)) throw new Refusal('invalid', 'config: must be a list of cameras')
  if (given.length > MAX_CAMERAS)
    throw new Refusal('invalid', `config: at most ${MAX_CAMERAS} cameras, these are ${given.length}`)
  return given.map((camera: unknown, i) => {
    if (!isCamera(camera)) throw new Refusal('invalid', `config[${i}]: must be an object with a text "video_url"`)
    checkUrl(`config[${i}].video_url`, camera.video_url)
    for (const field of ['site', 'stream_name'] as const) {
      const name = camera[field]
      if (typeof name === 'string' && name !== '') checkName(`config[${i}].${field}`, name)
    }
    return camera
  })
}

function isCamera(value: unknown): value is CameraConfig {
  return typeof value === 'object' && value !== null && 'video_url' in value && typeof value.video_url === 'string'
}

function checkUrl(field: string, text: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/[^/]/i.exec(text)?.[1]?.toLowerCase() ?? ''
  if (!SCHEMES.includes(scheme))
    throw new Refusal('invalid', `${field}: must begin with ${SCHEMES.join('://, ')}:// and name a host`)
  if (/\s/.test(text) || !URL.canParse(text))
    throw new Refusal(
      'invalid',
      `${field}: is no URL; in a password, write / as %2F, # as %23, ? as %3F, a space as %20`,
    )
}

/** @throws Refusal `invalid` when a camera is listed twice, or a masked password is not stored */
function mergeCameras(stored: readonly CameraConfig[], given: readonly CameraConfig[]): CameraConfig[] {
  const exact = new CameraIndex(stored, (url) => url)
  const asShown = new CameraIndex(stored, maskSecrets)
  const taken = new Set<CameraConfig>()
  const urls = new Set<string>()
  return given.map((camera, i) => {
    // Two that differ only in their passwords look the same when masked, so they are matched in order.
    const before = (isMasked(camera.video_url) ? asShown : exact).take(camera.video_url, taken)
    const merged: CameraConfig = { ...before, ...unmaskedCamera(`config[${i}]`, camera, before) }
    if (urls.has(merged.video_url))
      throw new Refusal('invalid', `config[${i}].video_url: is that of another camera in the list`)
    urls.add(merged.video_url)
    return merged
  })
}

/** Cameras by their URL, or by what is shown of it: so that matching two lists is linear. */
class CameraIndex {
  /** Those of one URL, the last one first. */
  readonly #cameras = new Map<string, CameraConfig[]>()

  constructor(cameras: readonly CameraConfig[], keyOf: (url: string) => string) {
    for (const camera of cameras.toReversed()) {
      const key = keyOf(camera.video_url)
      const known = this.#cameras.get(key)
      if (known) known.push(camera)
      else this.#cameras.set(key, [camera])
    }
  }

  /** Takes the first camera of that URL which is not in `taken`, and adds it there. */
  take(url: string, taken: Set<CameraConfig>): CameraConfig | undefined {
    const cameras = this.#cameras.get(url)
    for (let camera = cameras?.pop(); camera; camera = cameras?.pop()) {
      if (taken.has(camera)) continue
      taken.add(camera)
      return camera
    }
    return undefined
  }
}
