import { CameraFailure } from '../camera-input.ts'
import { codeOf } from '../connection-failures.ts'

/** The failure for an answer of 401. @param hasCredentials whether there is a user name or a password to tell */
export function unauthorized(hasCredentials: boolean): CameraFailure {
  return new CameraFailure(
    'password',
    hasCredentials
      ? 'The camera refuses the log-in (401): the user name or the password is wrong, or it takes no more log-ins now, as after too many wrong ones or with too many connections. It is not tried again until you change it or retry: accounts get locked.'
      : 'The camera wants a user name and a password (401).',
    Infinity,
  )
}

/** The failure for an answer of 401 that wants something else than Basic or Digest. */
export function unknownChallenge(): CameraFailure {
  return new CameraFailure(
    'unsupported',
    'The camera wants a log-in of a kind that is not known here (401): set it to Basic or Digest.',
    Infinity,
  )
}

/**
 * The failure for a status that is no success and no redirect.
 * @param retryAfter its `Retry-After`
 * @param text the beginning of what it says
 */
export function statusFailure(status: number, retryAfter: string | undefined, text: string): CameraFailure {
  if (status === 400 && /https/i.test(text)) return wantsTls()
  if (status === 403)
    return new CameraFailure(
      'password',
      'The camera does not allow this (403): the user may lack the right to view, or the camera allows certain addresses only.',
      FORBIDDEN_RETRY_MS,
    )
  if (status === 404 || status === 410)
    return new CameraFailure('not-found', `The camera has nothing at this path (${status}): check the address.`)
  if (status === 429 || status === 503)
    return new CameraFailure(
      'busy',
      `The camera serves no more connections now (${status}): close other viewers of it, or lower how many there are.`,
      waitOf(retryAfter),
    )
  if (status >= 500)
    return new CameraFailure(
      'protocol',
      `The camera answers with an error of its own (${status}): restart it if that goes on.`,
    )
  return new CameraFailure(
    'protocol',
    `The camera does not answer with a picture, but with status ${status}: check the address.`,
  )
}

const FORBIDDEN_RETRY_MS = 60_000
/** The longest time that a camera can ask us to wait. */
const MAX_WAIT_MS = 600_000

function waitOf(retryAfter = ''): number {
  return /^\d{1,9}$/.test(retryAfter) ? Math.min(Number(retryAfter) * 1_000, MAX_WAIT_MS) : 0
}

/** The failure for an error of a request or of reading its answer. @param isAnswered whether the answer has begun */
export function requestFailure(error: unknown, isAnswered: boolean): CameraFailure {
  if (error instanceof CameraFailure) return error
  const code = codeOf(error)
  if (code.startsWith('HPE_')) return isTls(error) ? wantsTls() : notHttp()
  return new CameraFailure(
    'unreachable',
    isAnswered
      ? 'The camera broke off the connection.'
      : 'The camera closed the connection without an answer: it may serve no more connections, or want https.',
  )
}

function wantsTls(): CameraFailure {
  return new CameraFailure('protocol', 'This port of the camera speaks TLS: write https:// instead of http://.')
}

function notHttp(): CameraFailure {
  return new CameraFailure('protocol', 'The camera does not speak HTTP at this port: check the address and its port.')
}

/** A record of TLS begins with its kind, here an alert, and the version 3 (RFC 8446, section 5.1). */
function isTls(error: unknown): boolean {
  const packet = error instanceof Error && 'rawPacket' in error ? error.rawPacket : undefined
  return packet instanceof Uint8Array && packet[0] === 0x15 && packet[1] === 3
}

/** The failure when nothing comes. */
export function silence(ms: number): CameraFailure {
  return new CameraFailure('silent', `The camera is connected, but has sent nothing for ${ms / 1000} s.`)
}

/** The failure when something comes, but too slowly. */
export function slowness(ms: number): CameraFailure {
  return new CameraFailure(
    'silent',
    `The camera, or the network to it, is too slow: an answer took more than ${ms / 1000} s.`,
  )
}

/** The failure for an address that a camera leads to and that is not HTTP. @param what "a redirect" */
export function otherScheme(what: string): CameraFailure {
  return new CameraFailure('address', `${what} of the camera leads to an address that is neither http nor https.`)
}

/** Whether a failure of one request may pass by itself, so that the next one may succeed. */
export function isPassing(error: unknown): boolean {
  return error instanceof CameraFailure && PASSING.has(error.problem) && error.retryAfter === 0
}

const PASSING: ReadonlySet<string> = new Set(['unreachable', 'busy', 'silent', 'protocol'])
