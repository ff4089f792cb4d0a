import type { CameraConfig } from './camera-store.ts'
import { Refusal } from './errors.ts'
import type { Json } from './json.ts'
import { isMasked, isSecretName, MASK, maskSecrets } from './url-secrets.ts'

/*
 * The secrets in the configuration of a camera: those in URLs, in any field, and fields such as `password` and
 * `headers.authorization` themselves.
 */

/** A camera as it may be shown. */
export function maskedCamera(camera: CameraConfig): CameraConfig {
  const fields = mapFields(camera, { path: '', isSecret: false, stored: undefined }, (value, { isSecret }) => {
    if (isSecret && (typeof value === 'number' || (typeof value === 'string' && value !== ''))) return MASK
    return typeof value === 'string' ? maskSecrets(value) : value
  })
  return { ...fields, video_url: maskSecrets(camera.video_url) }
}

/**
 * A camera that was shown masked, with its secrets.
 * @param path of the camera, for error messages
 * @param before the same camera as it is stored
 * @throws Refusal `invalid` when a masked secret is not stored with it, or not for the same address
 */
export function unmaskedCamera(path: string, camera: CameraConfig, before: CameraConfig | undefined): CameraConfig {
  const urls = new Map<string, string>()
  if (before)
    mapFields(before, { path, isSecret: false, stored: undefined }, (value) => {
      if (typeof value !== 'string') return value
      const mask = maskSecrets(value)
      if (mask !== value && !urls.has(mask)) urls.set(mask, value)
      return value
    })
  const fields = mapFields(camera, { path, isSecret: false, stored: before }, (value, { path, isSecret, stored }) => {
    if (typeof value !== 'string') return value
    const isHidden = isSecret && value === MASK
    if (!isHidden && !isMasked(value)) return value
    // A list may have lost an entry, so the stored URL may be anywhere in the camera.
    const secret = isHidden ? stored : urls.get(value)
    if (typeof secret === 'string' || typeof secret === 'number') return secret
    throw new Refusal('invalid', `${path}: its password is masked and not known here at this address; write it out`)
  })
  return { ...fields, video_url: before?.video_url ?? camera.video_url }
}

/** Where a value stands in a camera. */
interface Place {
  readonly path: string
  /** Whether it is in a field whose name says that it is a secret. */
  readonly isSecret: boolean
  /** What is stored there, next to the same addresses; undefined if it is not known. */
  readonly stored: Json | undefined
}

type Fields = { readonly [name: string]: Json }

/** Changes all values that are no lists and no objects, at any depth. */
type Change = (value: Exclude<Json, readonly Json[] | Fields>, place: Place) => Json

function mapValue(value: Json, place: Place, change: Change): Json {
  if (isList(value)) {
    const { path, isSecret, stored } = place
    const known = stored !== undefined && isList(stored) && stored.length === value.length ? stored : []
    return value.map((each, i) => mapValue(each, { path: `${path}[${i}]`, isSecret, stored: known[i] }, change))
  }
  return isFields(value) ? mapFields(value, place, change) : change(value, place)
}

function mapFields(fields: Fields, { path, isSecret, stored }: Place, change: Change): Fields {
  const known = isFields(stored) && hasAddressesOf(fields, stored) ? stored : {}
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const place = {
        path: `${path}.${name}`,
        isSecret: isSecret || isSecretName(name),
        stored: Object.hasOwn(known, name) ? known[name] : undefined,
      }
      return [name, mapValue(value, place, change)]
    }),
  )
}

/** Whether all URLs among the fields are the stored ones: a secret is not given to another address. */
function hasAddressesOf(fields: Fields, stored: Fields): boolean {
  return Object.entries(fields).every(([name, value]) => {
    if (typeof value !== 'string' || !value.includes('://')) return true
    const before = Object.hasOwn(stored, name) ? stored[name] : undefined
    return typeof before === 'string' && (value === before || value === maskSecrets(before))
  })
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
