import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { AddressPolicy } from '../../core/address-policy.ts'
import type { Clock } from '../../core/clock.ts'
import { CameraFailure } from './camera-input.ts'
import { connectFailure, lookupFailure, NO_ANSWER, tlsFailure } from './connection-failures.ts'
import type { CameraAddress, Dialler } from './dialler.ts'
import type { NameLookups } from './name-lookups.ts'

/** What a dialler needs. */
export interface DiallerParts {
  /** `ANY_ADDRESS` for cameras of the configuration file. */
  readonly policy: AddressPolicy
  /** Shared by all diallers. */
  readonly lookups: NameLookups
  readonly clock: Clock
  /** How long looking up, connecting and TLS may take together, ms. */
  readonly timeout: number
}

/** Connects to cameras at addresses that a policy allows. */
export function cameraDialler(parts: DiallerParts): Dialler {
  return {
    resolve: (host, signal) => inTime(parts, signal, async (limited) => (await allowedOf(parts, host, limited))[0]),
    connect: (to, signal) => inTime(parts, signal, (limited, stage) => dial(parts, to, limited, stage)),
  }
}

/** How far it has got, for the sentence when it takes too long. */
interface Stage {
  isConnected: boolean
}

async function inTime<Result>(
  { clock, timeout }: DiallerParts,
  signal: AbortSignal,
  work: (limited: AbortSignal, stage: Stage) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  const late = new AbortController()
  const stage = { isConnected: false }
  const cancel = clock.after(timeout, () =>
    late.abort(stage.isConnected ? noTls() : new CameraFailure('unreachable', NO_ANSWER)),
  )
  try {
    return await work(AbortSignal.any([signal, late.signal]), stage)
  } finally {
    cancel()
  }
}

function noTls(): CameraFailure {
  return new CameraFailure(
    'silent',
    'The camera takes the connection, but does not answer over TLS: use the address without it (http, rtsp), or try again.',
  )
}

/** The addresses of a host that may be asked, at least one. */
async function allowedOf(
  { policy, lookups }: DiallerParts,
  host: string,
  signal: AbortSignal,
): Promise<readonly [string, ...string[]]> {
  let addresses = [host]
  if (isIP(host) === 0) {
    const found = await lookups.addressesOf(host, signal).catch((error: unknown) => {
      signal.throwIfAborted()
      throw lookupFailure(error)
    })
    addresses = found.map(({ address }) => address)
  }
  const refusals = addresses.map((address) => policy.refusalOf(address))
  const [first, ...others] = addresses.filter((_address, i) => refusals[i] === undefined)
  if (first !== undefined) return [first, ...others]
  const [setting] = refusals
  if (setting === undefined) throw lookupFailure(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }))
  throw new CameraFailure(
    'address',
    `This server may not ask the address of the camera (${setting}): an admin can allow it there.`,
    ADDRESS_RETRY_MS,
  )
}

/** It stays refused until a setting or a name changes. */
const ADDRESS_RETRY_MS = 60_000

async function dial(parts: DiallerParts, to: CameraAddress, signal: AbortSignal, stage: Stage): Promise<Socket> {
  const socket = await connectTcp(await allowedOf(parts, to.host, signal), to.port, signal)
  stage.isConnected = true
  return to.tls === undefined ? socket : withTls(socket, to, to.tls, signal)
}

/** Tries the addresses one after the other (RFC 8305), and no others: Node asks nobody else what they are. */
function connectTcp(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  const found = addresses.map((address) => ({ address, family: isIP(address) }))
  const socket = connect({
    host: 'camera',
    port,
    lookup: (_host, _options, found_) => found_(null, found),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
    noDelay: true,
  })
  return opened(socket, 'connect', signal, (error) => connectFailure(error, port))
}

/** How long one of several addresses is waited for before the next is tried. */
const ATTEMPT_MS = 1_000

function withTls(
  socket: Socket,
  { host, port }: CameraAddress,
  tls: 'verified' | 'any',
  signal: AbortSignal,
): Promise<Socket> {
  const secure = connectTls({
    socket,
    host,
    // An address is no name of a server (RFC 6066, section 3).
    ...(isIP(host) === 0 && { servername: host }),
    ...(tls === 'any' && ANY_TLS),
  })
  return opened(secure, 'secureConnect', signal, (error) => tlsFailure(error, port))
}

/** Who cannot be told from anybody else may as well speak what is outdated: many cameras know nothing newer. */
const ANY_TLS = { rejectUnauthorized: false, minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const

function opened(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  failureOf: (error: unknown) => CameraFailure,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', abort)
      settle()
    }
    const abort = () => {
      socket.destroy()
      end(() => reject(signal.reason))
    }
    // It stays: an error before somebody else listens must not end the process.
    socket.on('error', (error) => end(() => reject(failureOf(error))))
    socket.once('close', () => end(() => reject(failureOf(new Error('closed')))))
    socket.once(event, () => end(() => resolve(socket)))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort)
  })
}
