import type { CameraProblem } from '../../src/core/camera.ts'
import { hostOfCamera } from '../../src/core/camera-url.ts'
import { isName } from '../../src/core/stream-name.ts'
import type { HttpProblem } from '../access/fetch-json.ts'
import type { CameraFields, ListedCamera } from './api.ts'
import { problemIn } from './camera-status.ts'
import { placeholderIn } from './makers.ts'

/** The fields of the form. An empty password of a known camera keeps the stored one. */
export type CameraDraft = CameraFields

/** A field of the form. */
export type DraftField = keyof CameraDraft

/** What is wrong with the fields: sentences. */
export type DraftErrors = Partial<Record<DraftField, string>>

/** The draft of a new camera. */
export const NEW_CAMERA: CameraDraft = {
  url: '',
  user: '',
  password: '',
  label: '',
  key: '',
  runs: 'on-demand',
  certificate: 'verified',
  transport: 'auto',
}

/** The draft of a known camera. */
export function draftOf({ label, key, runs, settings }: ListedCamera): CameraDraft {
  const { url = '', user = '', certificate = 'verified', transport = 'auto' } = settings ?? {}
  return { url, user, password: '', label, key, runs, certificate, transport }
}

/**
 * What is sent: of a known camera what is changed, of a new one all but empty names.
 * @param before the draft that it began with; undefined: the camera is new
 */
export function fieldsToSend(draft: CameraDraft, before?: CameraDraft): Partial<CameraFields> {
  const isSent = (field: DraftField) => {
    if (!before) return draft[field] !== ''
    // Who takes the user name away wants no log-in.
    return draft[field] !== before[field] || (field === 'password' && draft.user === '' && before.user !== '')
  }
  return Object.fromEntries(FIELDS.filter(isSent).map((field) => [field, draft[field]]))
}

/** What is missing before a camera can be asked for a picture; i18n keys of the namespace `cameras`. */
export function addressProblem({ url }: CameraDraft): 'urlMissing' | 'urlPlaceholder' | undefined {
  if (url.trim() === '') return 'urlMissing'
  return placeholderIn(url) ? 'urlPlaceholder' : undefined
}

/** What is wrong with a name; i18n keys of the namespace `cameras`. */
export function nameProblem(
  field: 'label' | 'key',
  name: string,
): 'siteMissing' | 'nameMissing' | 'nameWrong' | undefined {
  if (name.trim() === '') return field === 'label' ? 'siteMissing' : 'nameMissing'
  return isName(name.trim()) ? undefined : 'nameWrong'
}

/** The field that a refusal is about; undefined: none of them. */
export function fieldOf({ status, message, fields }: HttpProblem): DraftField | undefined {
  const problem = problemIn(fields)
  if (problem) return FIELD_OF_PROBLEM[problem]
  const named = /^(\w+): /.exec(message)?.[1]
  return FIELDS.find((field) => field === named) ?? (status === 409 ? 'key' : undefined)
}

/** What is said at a field of a refusal that is about it: without the field's name. */
export function sentenceAt(field: DraftField, sentence: string): string {
  const text = sentence.startsWith(`${field}: `) ? sentence.slice(field.length + 2) : sentence
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}

/** Whether the address leads to another host, where the stored password must not be sent. */
export function isOtherHost(url: string, before: string): boolean {
  return hostIn(url) !== hostIn(before)
}

/** Whether the camera may have a certificate. */
export function hasCertificate(url: string): boolean {
  return /^(?:https|rtsps|rtmps):/i.test(url.trim())
}

/** Whether it is one of RTSP, over which pictures can come in two ways. */
export function isRtsp(url: string): boolean {
  return /^rtsps?:/i.test(url.trim())
}

const FIELDS: readonly DraftField[] = ['url', 'user', 'password', 'label', 'key', 'runs', 'certificate', 'transport']

/** Where it is said what is wrong with a camera; what is not here belongs to no field. */
const FIELD_OF_PROBLEM: Readonly<Record<CameraProblem, DraftField | undefined>> = {
  unreachable: 'url',
  address: 'url',
  certificate: 'certificate',
  password: 'password',
  'not-found': 'url',
  busy: undefined,
  'no-video': 'url',
  codec: 'url',
  'too-large': 'url',
  silent: 'url',
  protocol: 'url',
  ffmpeg: undefined,
  unsupported: 'url',
}

/** The host of an address; of what is none yet the text. */
function hostIn(url: string): string {
  const host = /^([a-z]+:\/\/)([^/?#]+)/i.exec(url.trim())
  if (!host) return url
  const [, scheme = '', authority = ''] = host
  return URL.canParse(`http://${authority}/`) ? hostOfCamera(scheme.toLowerCase() + authority) : authority
}
