import { messageOf } from '../../core/errors.ts'
import { CameraFailure } from './camera-input.ts'

/** The failure for an error of looking a name up. */
export function lookupFailure(error: unknown): CameraFailure {
  const code = codeOf(error)
  if (code === 'ENOTFOUND' || code === 'EAI_NONAME' || code === 'ERR_INVALID_ARG_VALUE')
    return new CameraFailure('unreachable', 'There is no host of that name: check the address of the camera.')
  return new CameraFailure(
    'unreachable',
    `The name of the camera cannot be looked up now (${code || messageOf(error)}): check the network and its DNS, or use an IP address.`,
  )
}

/** The failure for an error of connecting by TCP. */
export function connectFailure(error: unknown, port: number): CameraFailure {
  const code = codeOf(error)
  return new CameraFailure(
    'unreachable',
    CONNECTING[code]?.(port) ?? `The camera cannot be reached (${code || messageOf(error)}).`,
  )
}

const NO_WAY = () => 'There is no way to the camera: check the network and the address.'
const CONNECTING: Readonly<Record<string, (port: number) => string>> = {
  ECONNREFUSED: (port) =>
    `Nothing listens at port ${port} of the camera: check the address, and whether the service is on in the camera.`,
  ETIMEDOUT: () => NO_ANSWER,
  EHOSTUNREACH: NO_WAY,
  ENETUNREACH: NO_WAY,
  EHOSTDOWN: NO_WAY,
  ECONNRESET: () => 'The camera closed the connection at once: it may serve no more connections.',
}

/** What is said of a camera that does not answer while it is connected to. */
export const NO_ANSWER =
  'The camera does not answer: check whether it is on and the address right, and whether a firewall is in between.'

/** The failure for an error of the TLS handshake. */
export function tlsFailure(error: unknown, port: number): CameraFailure {
  const code = codeOf(error)
  const problem = CERTIFICATES[code]
  if (problem !== undefined || code.startsWith('CERT_') || code.startsWith('UNABLE_TO_'))
    return new CameraFailure(
      'certificate',
      `The certificate of the camera does not hold: ${problem ?? code}. To accept any certificate for this camera, set its certificate to "any".`,
    )
  if (PLAIN.has(code))
    return new CameraFailure(
      'protocol',
      `Port ${port} of the camera does not speak TLS: use the address without it (http, rtsp, rtmp), or the port of the one with it.`,
    )
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return new CameraFailure(
      'unreachable',
      `The camera closed the connection while TLS was being agreed on: perhaps there is none at port ${port}.`,
    )
  return new CameraFailure(
    'protocol',
    `TLS could not be agreed on with the camera (${code || messageOf(error)}). With its certificate set to "any", old kinds of encryption are accepted too.`,
  )
}

/** By OpenSSL's names (X509_V_ERR_…), as Node gives them. */
const CERTIFICATES: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed, as those of most cameras are',
  SELF_SIGNED_CERT_IN_CHAIN: 'its issuer is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its issuer is not known here',
  UNABLE_TO_GET_ISSUER_CERT: 'its issuer is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is not known here',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet (is the clock right?)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name than the one in the address',
}

/** What OpenSSL says of an answer that is not TLS. */
const PLAIN = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_UNKNOWN_PROTOCOL'])

/** The code of a system error, also of the first of several; "" if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
