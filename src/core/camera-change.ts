import { CAMERA_RUNS, type CameraRuns, type CameraSettings } from './camera.ts'
import { hostOfCamera, portOfCamera, readCameraUrl } from './camera-url.ts'
import { Refusal } from './errors.ts'
import { isMasked, MASK, maskSecrets } from './url-secrets.ts'

/** What somebody wants to be different about a camera; what is left out stays. */
export interface CameraChange {
  readonly label?: string | undefined
  readonly key?: string | undefined
  /** As it was typed: with user and password or without. Masked as it was shown, it stays what it is. */
  readonly url?: string | undefined
  /** An empty text: none. */
  readonly user?: string | undefined
  /** An empty text: none. */
  readonly password?: string | undefined
  readonly runs?: CameraRuns | undefined
  readonly certificate?: CameraSettings['certificate'] | undefined
  readonly transport?: CameraSettings['transport'] | undefined
}

/** The fields of a change that have few values, and which. */
export const CAMERA_CHOICES = {
  runs: CAMERA_RUNS,
  certificate: ['verified', 'any'],
  transport: ['auto', 'tcp', 'udp'],
} as const

/**
 * A camera with what is to be different. What is stored of its secrets is kept for the same host only, there for the same
 * port or a usual one: whoever may edit a camera must not have its password sent to another place.
 * @param stored its settings; the url is empty if they cannot be read, and then has to be given
 * @throws Refusal `invalid`
 */
export function changedCamera(stored: CameraSettings, change: CameraChange): CameraSettings {
  const { label = stored.stream.label, key = stored.stream.key } = change
  const { runs = stored.runs, certificate = stored.certificate, transport = stored.transport } = change
  return { stream: { label, key }, ...changedAccess(stored, change), runs, certificate, transport }
}

type Access = Pick<CameraSettings, 'url' | 'user' | 'password'>

function changedAccess(stored: CameraSettings, change: CameraChange): Access {
  const given = readAddress(stored, change.url)
  const user = change.user ?? given.user ?? stored.user
  const written = [change.password, given.password].find((text) => text !== undefined && text !== MASK)
  if (written !== undefined) return { url: given.url, user: user || undefined, password: written || undefined }
  const { password } = stored
  if (password !== undefined && !isSamePlace(stored.url, given.url))
    throw new Refusal('invalid', `password: type it again, as it is kept for ${placeOf(stored.url)} only`)
  return { url: given.url, user: user || undefined, password }
}

/**
 * Whether what is known to one address may be told to another. Behind one address of a router, and on this machine, there
 * may be anybody at another port; but not at the usual ones of cameras.
 */
function isSamePlace(stored: string, given: string): boolean {
  if (hostOfCamera(stored) !== hostOfCamera(given)) return false
  const port = portOfCamera(given)
  return port === undefined || port === portOfCamera(stored)
}

function placeOf(url: string): string {
  const port = portOfCamera(url)
  return port === undefined ? hostOfCamera(url) : `${hostOfCamera(url)} at port ${port}`
}

function readAddress(stored: CameraSettings, url: string | undefined): Access {
  const text = url?.trim()
  if (text === undefined || (text !== '' && text === maskSecrets(stored.url))) {
    if (stored.url === '') throw new Refusal('invalid', 'url: type the address and the password again')
    return { url: stored.url }
  }
  const given = readCameraUrl(text, 'anybody')
  if (!isMasked(given.url)) return given
  if (given.url === maskSecrets(stored.url)) return { ...given, url: stored.url }
  throw new Refusal('invalid', 'url: the masked password in it is kept for the same address only; write it out')
}
