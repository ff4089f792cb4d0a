import { maskedCamera, unmaskedCamera } from './camera-secrets.ts'
import type { CameraConfig, CameraStore } from './camera-store.ts'
import { Refusal } from './errors.ts'
import { authorize, checkNotEnded, type Principal } from './principal.ts'
import { SerialQueue } from './serial-queue.ts'
import { checkName } from './stream-name.ts'
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
 * The list of cameras for administrators. Secrets are masked on the way out (`camera-secrets.ts`); a masked one that comes
 * back keeps what is stored.
 */
export class CameraList {
  readonly #store: CameraStore
  readonly #queue = new SerialQueue()

  constructor(store: CameraStore) {
    this.#store = store
  }

  /** The cameras in order, masked. @throws Refusal `forbidden`, `unauthenticated` if the principal may not administer */
  async read(principal: Principal): Promise<CameraConfig[]> {
    authorize(principal, 'administer', {})
    const cameras = await this.#store.list()
    checkNotEnded(principal)
    return cameras.map(maskedCamera)
  }

  /**
   * Replaces the list: cameras that are not in it are removed, those with a known `video_url` are merged field by
   * field, new ones are added.
   * @throws Refusal `forbidden`; `invalid` when it is not a list of cameras, or a masked password is not stored
   */
  async replace(principal: Principal, given: unknown): Promise<CameraChange> {
    authorize(principal, 'administer', {})
    const cameras = readCameras(given)
    return this.#queue.run(async () => {
      const before = await this.#store.list()
      const merged = mergeCameras(before, cameras)
      // Again, since the right may have been lost while others were served or the store was waited for.
      await this.#store.replace(merged, () => authorize(principal, 'administer', {}))
      const known = new Set(before.map(({ video_url }) => video_url))
      const kept = merged.filter(({ video_url }) => known.has(video_url)).length
      return { cameras: merged.map(maskedCamera), added: merged.length - kept, removed: before.length - kept }
    })
  }
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
