import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type AddressPolicy, ANY_ADDRESS } from '../../src/core/address-policy.ts'
import type { CameraSettings } from '../../src/core/camera.ts'
import type { Clock } from '../../src/core/clock.ts'
import { cameraDialler } from '../../src/sources/cameras/camera-dialler.ts'
import type { CameraPicture, InputParts } from '../../src/sources/cameras/camera-input.ts'
import { NameLookups } from '../../src/sources/cameras/name-lookups.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'

/** A camera of the tests that is asked over HTTP. */
export interface HttpCamera {
  /** "http://127.0.0.1:12345". */
  readonly url: string
  readonly port: number
  /** What it was asked: "GET /path". */
  readonly requests: readonly string[]
  /** How many connections were made to it. */
  readonly connections: () => number
  /** Ends all connections. */
  readonly hangUp: () => void
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Starts one, until the test is over. @param certificate of one over TLS */
export async function httpCamera(
  handler: Handler,
  certificate?: { readonly cert: Buffer; readonly key: Buffer },
): Promise<HttpCamera> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const listener: Handler = (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    handler(request, response)
  }
  const server = certificate ? createSecureServer(certificate, listener) : createServer(listener)
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const hangUp = () => {
    for (const socket of sockets) socket.destroy()
  }
  onTestFinished(() => {
    server.close()
    hangUp()
  })
  const { port } = server.address() as AddressInfo
  const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`
  return { url, port, requests, connections: () => connections, hangUp }
}

/** Settings of a camera at this address. */
export function cameraAt(url: string, more: Partial<CameraSettings> = {}): CameraSettings {
  return {
    stream: { label: 'site', key: 'camera' },
    url,
    runs: 'on-demand',
    certificate: 'verified',
    transport: 'auto',
    ...more,
  }
}

/** What inputs need. Each name is this machine. */
export function inputParts({
  policy = ANY_ADDRESS,
  clock = systemClock,
}: {
  policy?: AddressPolicy
  clock?: Clock
} = {}): InputParts {
  const limits = {
    connectTimeout: 5_000,
    silenceTimeout: 8_000,
    packetBytes: 1_000_000,
    maxPixels: 100_000_000,
    processBytes: 1_000_000_000,
  }
  const lookups = new NameLookups(async () => [{ address: '127.0.0.1', family: 4 }])
  return {
    clock,
    limits,
    dialler: cameraDialler({ policy, lookups, clock, timeout: limits.connectTimeout }),
    ffmpeg: {
      find: () => Promise.reject(new Error('not in this test')),
      turn: () => Promise.reject(new Error('not in this test')),
    },
  }
}

/** Takes pictures and nothing else. */
export class PictureListener {
  readonly pictures: CameraPicture[] = []
  rate = 1_000

  track(): void {
    throw new Error('no video was to come')
  }

  packet(): void {
    throw new Error('no video was to come')
  }

  picture(picture: CameraPicture): void {
    this.pictures.push(picture)
  }

  wantedRate(): number {
    return this.rate
  }
}

/** Checks Digest with MD5 and `qop=auth` as RFC 7616 has it, and asks for it with another nonce each time. */
export class DigestGate {
  /** The `nc` of each request that was let in since nonces were last forgotten. */
  readonly counts: string[] = []
  readonly #secret: string
  /** Nonces that are known, and what they were used with. */
  readonly #nonces = new Map<string, Set<string>>()
  #asked = 0

  constructor(user: string, password: string) {
    this.#secret = md5(`${user}:cam:${password}`)
  }

  /** What was handed out before counts no longer. */
  forgetNonces(): void {
    this.#nonces.clear()
    this.counts.length = 0
  }

  /** Whether a request may pass; if not, it has been answered. */
  lets({ url, headers }: IncomingMessage, response: ServerResponse): boolean {
    const { authorization = '' } = headers
    const field = (name: string) => new RegExp(`[ ,]${name}="?([^",]*)`).exec(authorization)?.[1] ?? ''
    const [nonce, count] = [field('nonce'), field('nc')]
    const uses = this.#nonces.get(nonce)
    const proof = `${this.#secret}:${nonce}:${count}:${field('cnonce')}:auth:${md5(`GET:${url}`)}`
    const isRight = uses?.has(count) === false && field('response') === md5(proof) && field('uri') === url
    if (isRight) {
      uses.add(count)
      this.counts.push(count)
    } else {
      const next = `n${++this.#asked}`
      this.#nonces.set(next, new Set())
      const stale = authorization !== '' && !uses
      const challenge = `Digest realm="cam", nonce="${next}", qop="auth", algorithm=MD5, stale=${stale}`
      response.writeHead(401, { 'WWW-Authenticate': ['Basic realm="cam"', challenge] }).end('<html>no</html>')
    }
    return isRight
  }
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
