import { CameraFailure } from '../camera-input.ts'
import type { Credentials } from '../http-authentication.ts'

/** A camera's video to be asked for: where, and as whom. */
export interface RtspTarget {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  /** As it is sent: without user and password. */
  readonly url: string
  readonly credentials: Credentials | undefined
}

/** @throws CameraFailure `unsupported` when it is no address of RTSP */
export function rtspTarget(address: string, credentials: Credentials | undefined): RtspTarget {
  const url = URL.parse(address)
  const isTls = url?.protocol === 'rtsps:'
  if (!url?.hostname || (url.protocol !== 'rtsp:' && !isTls))
    throw new CameraFailure('unsupported', NO_ADDRESS, Number.POSITIVE_INFINITY)
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || (isTls ? RTSPS_PORT : RTSP_PORT)),
    isTls,
    url: `${url.protocol}//${url.host}${url.pathname}${url.search}`,
    credentials,
  }
}

/**
 * Where a camera sends us instead. The user and the password go to the same host only, and from TLS not to a plain
 * connection.
 * @param location the field Location of its answer
 * @throws CameraFailure `protocol` when that is no address of RTSP
 */
export function redirected(from: RtspTarget, location: string | undefined): RtspTarget {
  const address = URL.canParse(location ?? '', from.url) ? new URL(location ?? '', from.url).href : ''
  if (!/^rtsps?:\/\//.test(address))
    throw new CameraFailure('protocol', 'The camera redirects to an address that is not one of RTSP.')
  const to = rtspTarget(address, from.credentials)
  const mayTell = to.host === from.host && (to.isTls || !from.isTls)
  return mayTell ? to : { ...to, credentials: undefined }
}

const NO_ADDRESS = 'This is no address of RTSP: it must be like rtsp://192.168.1.20:554/stream1.'
const RTSP_PORT = 554
const RTSPS_PORT = 322
