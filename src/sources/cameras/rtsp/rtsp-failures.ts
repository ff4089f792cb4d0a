import { messageOf } from '../../../core/errors.ts'
import { RtpError } from '../../../wire/rtp/rtp-error.ts'
import { RtspError } from '../../../wire/rtsp/rtsp-error.ts'
import type { RtspResponse } from '../../../wire/rtsp/rtsp-message.ts'
import { CameraFailure } from '../camera-input.ts'

/** Why a request was refused, but for 401. @param method what was asked */
export function refusalFailure(method: string, { status, reason }: RtspResponse): CameraFailure {
  const answer = `${status} ${printable(reason)}`.trim()
  switch (status) {
    case 403:
      return new CameraFailure(
        'password',
        `The camera does not let this user see the video (${answer}): give the user the right to in the camera, or use another one.`,
        FORBIDDEN_MS,
      )
    case 404:
    case 410:
      return new CameraFailure(
        'not-found',
        `The camera has no video at this path (${answer}): check the part of the address behind the host, which differs from maker to maker.`,
      )
    case 453:
    case 503:
      return new CameraFailure(
        'busy',
        `The camera serves no more connections (${answer}): close others, such as apps and recorders, or wait until it has ended old ones.`,
        BUSY_MS,
      )
    case 454:
      return new CameraFailure('protocol', `The camera has ended the session (${answer}); it is connected to again.`)
    case 461:
      return new CameraFailure(
        'unsupported',
        `The camera refuses this way of sending the video (${answer}): set the transport of this camera to the other one, TCP or UDP.`,
      )
    default:
      if (status >= 500)
        return new CameraFailure(
          'protocol',
          `The camera reports a fault of its own to ${method} (${answer}): if it stays, restart the camera, or use its other stream.`,
        )
      return new CameraFailure(
        'protocol',
        `The camera refuses ${method} (${answer}): check the path of the address, and the camera's settings for RTSP.`,
      )
  }
}

/** It has answered 401. @param knows whether a user and a password were given */
export function passwordFailure(knows: 'credentials' | 'nothing'): CameraFailure {
  return new CameraFailure(
    'password',
    knows === 'nothing'
      ? 'The camera wants a user name and a password: enter them for this camera.'
      : 'The camera refuses the log-in: the user name or the password is wrong, or it serves no more log-ins (too many connections, or an account that is locked for some time). It is not tried again until somebody changes them or starts it.',
    Number.POSITIVE_INFINITY,
  )
}

/** It wants to be told who asks in a way that is not known here. */
export function unknownLogin(): CameraFailure {
  return new CameraFailure(
    'unsupported',
    'The camera wants another way to log in than Basic or Digest: choose one of them in the camera.',
    Number.POSITIVE_INFINITY,
  )
}

/** What any error of reading what the camera sends is. */
export function readFailure(error: unknown): CameraFailure {
  if (error instanceof CameraFailure) return error
  if (error instanceof RtpError) return new CameraFailure(error.problem, error.message, RETRY_MS[error.problem] ?? 0)
  if (error instanceof RtspError) return new CameraFailure('protocol', error.message)
  return new CameraFailure('protocol', `What the camera sends could not be read (${messageOf(error)}).`)
}

/** It has not answered in time. */
export function noAnswer(method: string, ms: number): CameraFailure {
  return new CameraFailure(
    'silent',
    `The camera takes the connection, but has not answered ${method} for ${ms / 1000} s: check the port, or restart the camera.`,
  )
}

/** Words of a camera, as they may be shown. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 60)
}

const FORBIDDEN_MS = 60_000
const BUSY_MS = 5_000
/** What stays so until somebody changes something at the camera. */
const RETRY_MS: Readonly<Record<string, number>> = { codec: 30_000, 'no-video': 30_000, 'too-large': 30_000 }
