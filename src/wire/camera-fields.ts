import type { CameraSettings } from '../core/camera.ts'
import { CAMERA_CHOICES, type CameraChange } from '../core/camera-change.ts'
import { type CameraUrlOrigin, readCameraUrl } from '../core/camera-url.ts'
import { Refusal } from '../core/errors.ts'
import { checkName } from '../core/stream-name.ts'
import { isMasked, MASK } from '../core/url-secrets.ts'
import { isJsonObject } from './json.ts'

/** How long a user and a password may be, in UTF-16 units. */
const MAX_USER_LENGTH = 256
const MAX_PASSWORD_LENGTH = 1024

/** Fields of cameras in the configuration, and in REST. */
const SOURCE_FIELDS = ['url', 'site', 'name', 'user', 'password', 'runs', 'certificate', 'transport'] as const
const REST_FIELDS = ['url', 'label', 'key', 'user', 'password', 'runs', 'certificate', 'transport'] as const

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads a camera as it is written in the configuration (`cameras.sources`); its address may be a file or a video device.
 * @throws Refusal `invalid`, naming the field and what is allowed
 */
export function readCameraSource(given: unknown): CameraSettings {
  const { site, name, ...fields } = fieldsOf(given, SOURCE_FIELDS)
  return cameraOf({ label: checkName('site', site), key: checkName('name', name) }, fields, 'configuration')
}

/**
 * Reads a camera as `POST /cameras` takes it. User and password may be in the address, and are taken out of it; those in
 * fields of their own count.
 * @throws Refusal `invalid`, naming the field and what is allowed
 */
export function readNewCamera(given: unknown): CameraSettings {
  const { label, key, ...fields } = fieldsOf(given, REST_FIELDS)
  return cameraOf({ label: checkName('label', label), key: checkName('key', key) }, fields, 'anybody')
}

/**
 * Reads what is to be different about a camera, as `PATCH /cameras/{label}/{key}` takes it.
 * @throws Refusal `invalid`, naming the field and what is allowed
 */
export function readCameraChange(given: unknown): CameraChange {
  const fields = fieldsOf(given, REST_FIELDS)
  const { label, key } = fields
  return {
    label: label === undefined ? undefined : checkName('label', label),
    key: key === undefined ? undefined : checkName('key', key),
    url: fields.url === undefined ? undefined : textOf('url', fields.url),
    ...accessOf(fields),
    ...choicesOf(fields),
  }
}

function cameraOf(stream: CameraSettings['stream'], fields: Fields, origin: CameraUrlOrigin): CameraSettings {
  const address = readCameraUrl(textOf('url', fields.url), origin)
  const access = accessOf(fields)
  const user = access.user ?? address.user
  const password = access.password ?? address.password
  if (password === MASK || isMasked(address.url))
    throw new Refusal('invalid', 'password: is masked where this was copied from; write it out')
  const { runs = 'on-demand', certificate = 'verified', transport = 'auto' } = choicesOf(fields)
  return {
    stream,
    url: address.url,
    user: user || undefined,
    password: password || undefined,
    runs,
    certificate,
    transport,
  }
}

function fieldsOf(given: unknown, allowed: readonly string[]): Fields {
  if (!isJsonObject(given)) throw new Refusal('invalid', `must be an object with ${allowed.join(', ')}`)
  const unknown = Object.keys(given).find((field) => !allowed.some((known) => known === field))
  if (unknown === undefined) return given
  throw new Refusal('invalid', `${unknown.slice(0, 50)}: is no field of a camera; these are ${allowed.join(', ')}`)
}

function accessOf({ user, password }: Fields): Pick<CameraChange, 'user' | 'password'> {
  return {
    user: user === undefined ? undefined : wordOf('user', user, MAX_USER_LENGTH),
    password: password === undefined ? undefined : wordOf('password', password, MAX_PASSWORD_LENGTH),
  }
}

function choicesOf({ runs, certificate, transport }: Fields): Pick<CameraChange, 'runs' | 'certificate' | 'transport'> {
  return {
    runs: choiceOf('runs', runs, CAMERA_CHOICES.runs),
    certificate: choiceOf('certificate', certificate, CAMERA_CHOICES.certificate),
    transport: choiceOf('transport', transport, CAMERA_CHOICES.transport),
  }
}

function choiceOf<Value extends string>(field: string, value: unknown, choices: readonly Value[]): Value | undefined {
  if (value === undefined) return undefined
  const choice = choices.find((one) => one === value)
  if (choice === undefined) throw new Refusal('invalid', `${field}: must be one of ${choices.join(', ')}`)
  return choice
}

function wordOf(field: string, value: unknown, maxLength: number): string {
  const text = textOf(field, value)
  if (text.length > maxLength) throw new Refusal('invalid', `${field}: at most ${maxLength} characters`)
  // They would end the header that it is sent in.
  if (/\p{Cc}|\p{Surrogate}/u.test(text)) throw new Refusal('invalid', `${field}: must not contain control characters`)
  return text
}

function textOf(field: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw new Refusal('invalid', `${field}: a text is required`)
}
