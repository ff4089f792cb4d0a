import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { CameraSettings } from '../../../core/camera.ts'
import { CameraFailure, type CameraInput, type InputParts, type OpenInput } from '../camera-input.ts'
import { copyVideo } from './copy-run.ts'
import { inputScript, scriptArguments } from './input-script.ts'
import { type NetworkAddress, networkUrl, readNetworkAddress } from './network-address.ts'
import { rtmpApplicationUrl, rtmpUserinfo } from './rtmp-address.ts'

/** How an address of a kind is read. */
interface Protocol {
  /** What FFmpeg may use for it. */
  readonly allowed: readonly string[]
  /** Options of its protocol, or its format. @param timeout ms */
  options(address: NetworkAddress, settings: CameraSettings, timeout: number): Readonly<Record<string, string>>
}

const rtmpOptions: Protocol['options'] = (address, { certificate }, timeout) => ({
  rw_timeout: String(timeout * 1000),
  rtmp_tcurl: rtmpApplicationUrl(address),
  ...(address.scheme === 'rtmps' &&
    certificate === 'verified' && {
      tls_verify: '1',
      verifyhost: address.host,
      ...(existsSync(CERTIFICATES) && { ca_file: CERTIFICATES }),
    }),
})

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  rtmp: { allowed: ['rtmp', 'tcp'], options: rtmpOptions },
  rtmps: { allowed: ['rtmps', 'tls', 'tcp'], options: rtmpOptions },
  srt: { allowed: ['srt'], options: (_address, _settings, timeout) => ({ connect_timeout: String(timeout) }) },
  udp: { allowed: ['udp'], options: () => ({ overrun_nonfatal: '1' }) },
  rtp: { allowed: ['rtp', 'udp'], options: () => ({}) },
}

/** The authorities that the system trusts, on Debian and most others. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'
/** Whatever address this server has. */
const ANY_ADDRESS = '0.0.0.0'

/**
 * Cameras that an `ffmpeg` reads: `rtmp:`, `rtmps:`, `srt:`, `udp:` (MPEG-TS), `rtp:` (MPEG-TS), `file:` (looped, in real time) and video
 * devices (`/dev/video0`, also as `file:///dev/video0`; written without one to try it on). Files and devices are for
 * cameras of the configuration file: the caller sees to that. FFmpeg connects to the IP address that the dialler gives, so the server of an
 * `rtmps:` address is not told the name by TLS (SNI), though its certificate is checked for it; by RTMP itself it is.
 * @throws CameraFailure `unsupported`
 */
export const openFfmpegInput: OpenInput = (settings, parts) => {
  const { url } = settings
  if (DEVICE.test(url)) return new LocalInput(deviceArguments(url), parts)
  const address = readNetworkAddress(url)
  if (address?.scheme === 'file') return new LocalInput(fileArguments(url), parts)
  const protocol = address && Object.hasOwn(PROTOCOLS, address.scheme) ? PROTOCOLS[address.scheme] : undefined
  if (!address || !protocol)
    throw new CameraFailure(
      'unsupported',
      'That kind of address cannot be read; it begins with rtsp, rtmp, http, srt, udp or rtp.',
    )
  return new NetworkInput(settings, address, protocol, parts)
}

/** What is read over the network. */
class NetworkInput implements CameraInput {
  readonly #settings: CameraSettings
  readonly #address: NetworkAddress
  readonly #protocol: Protocol
  readonly #parts: InputParts

  constructor(settings: CameraSettings, address: NetworkAddress, protocol: Protocol, parts: InputParts) {
    this.#settings = settings
    this.#address = address
    this.#protocol = protocol
    this.#parts = parts
  }

  async pull(...[listener, signal]: Parameters<CameraInput['pull']>): Promise<void> {
    const { dialler, limits } = this.#parts
    const { user, password = '' } = this.#settings
    const { scheme, host, rest } = this.#address
    let ip: string
    try {
      ip = await dialler.resolve(host === '' ? ANY_ADDRESS : host, signal)
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    const userinfo = scheme.startsWith('rtmp') ? rtmpUserinfo(user, password) : ''
    const url = networkUrl(this.#address, ip, userinfo)
    const script = inputScript(url, {
      ...COMMON,
      ...this.#protocol.options(this.#address, this.#settings, limits.connectTimeout),
    })
    const run = {
      input: scriptArguments(this.#protocol.allowed),
      secrets: [password, encodeURIComponent(password), ...queryValues(rest)],
      startTimeout: limits.connectTimeout + limits.silenceTimeout,
      feed: async (process: { readonly stdin: { end(text: string): void } }) => process.stdin.end(script),
    }
    const ended = await copyVideo(run, this.#parts, listener, signal)
    if (ended) throw new CameraFailure('unreachable', 'It has ended its video; it is connected to anew.')
  }
}

/** A file or a device of this machine. */
class LocalInput implements CameraInput {
  readonly #input: readonly string[]
  readonly #parts: InputParts

  constructor(input: readonly string[], parts: InputParts) {
    this.#input = input
    this.#parts = parts
  }

  async pull(...[listener, signal]: Parameters<CameraInput['pull']>): Promise<void> {
    const startTimeout = this.#parts.limits.silenceTimeout
    const ended = await copyVideo({ input: this.#input, secrets: [], startTimeout }, this.#parts, listener, signal)
    if (ended) throw new CameraFailure('no-video', 'The file has ended; it has no video, or cannot be played again.')
  }
}

/** How many frames come a second needs not to be known. */
const COMMON = { fpsprobesize: '0' } as const

function fileArguments(url: string): string[] {
  let path: string
  try {
    path = fileURLToPath(url)
  } catch {
    throw new CameraFailure('unsupported', 'The address of a file is file:///, and its path behind that.')
  }
  if (DEVICE.test(path)) return deviceArguments(path)
  return ['-protocol_whitelist', 'file', '-re', '-stream_loop', '-1', '-i', `file:${path}`]
}

/** Not whatever is in /dev: files may be in memory there (/dev/shm). */
const DEVICE = /^\/dev\/video\d+$/

function deviceArguments(path: string): string[] {
  // Most can give JPEGs; what is not encoded cannot be passed on.
  return ['-f', 'v4l2', '-input_format', 'mjpeg', '-i', path]
}

/** Any of them may be a secret (a passphrase, a stream id with a password in it). */
function queryValues(rest: string): string[] {
  const query = new URLSearchParams(rest.split('?')[1] ?? '')
  return [...query.values()].filter((value) => value.length > 3).flatMap((value) => [value, encodeURIComponent(value)])
}
