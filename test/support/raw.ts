import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { GrowingBytes } from './growing-bytes.ts'
import { authorized } from './server.ts'
import { until } from './until.ts'

/** A raw HTTP response. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/**
 * Sends a request with arbitrary headers, including `Host`, which `fetch` does not allow.
 * @param options.path overrides the URL's path and is sent unnormalized
 */
export function rawRequest(
  url: string,
  options: {
    method?: string
    headers?: Record<string, string | number>
    body?: string | Uint8Array
    path?: string
  } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { method, headers, body, path } = options
    const more = path === undefined ? {} : { path }
    const outgoing = request(url, { method, headers, agent: false, ...more }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (data) => {
        text += data
      })
      incoming.on('error', reject)
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** A raw TCP connection to a server, destroyed after the test: for protocol violations. */
export class RawConnection {
  readonly socket: Socket
  readonly #received = new GrowingBytes()
  readonly #ended: Promise<void>

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (data: Buffer) => this.#received.append(data))
    // A reset counts as an end.
    socket.on('error', () => {})
    this.#ended = new Promise((resolve) => {
      socket.on('end', resolve)
      socket.on('close', () => resolve())
    })
    onTestFinished(() => {
      socket.destroy()
    })
  }

  /** @param localAddress the address to connect from: "127.0.0.2" */
  static async open(url: string, localAddress?: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url)
    // Half-open: when the server ends its side, ours stays open.
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, localAddress })
    const connection = new RawConnection(socket)
    await once(socket, 'connect')
    return connection
  }

  /** Everything received. */
  get received(): Buffer<ArrayBuffer> {
    return this.#received.all
  }

  /** Resolves when the server has ended its side or reset the connection. */
  get ended(): Promise<void> {
    return this.#ended
  }

  write(data: string | Uint8Array): void {
    this.socket.write(data)
  }

  /** Everything received, as text. */
  get text(): string {
    return Buffer.from(this.received).toString('latin1')
  }

  /**
   * Sends the head of a request and the beginning of its body.
   * @param length the length of the whole body, in bytes; the chunks of a chunked one are the caller's
   */
  post(path: string, length: number | 'chunked', body = '', headers: Readonly<Record<string, string>> = {}): void {
    const framing = length === 'chunked' ? { 'Transfer-Encoding': length } : { 'Content-Length': String(length) }
    const all = { Host: 'localhost', 'Content-Type': 'application/json', ...framing, ...headers }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    this.write(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
  }

  /** Waits for a text. @returns everything received */
  async sees(text: string): Promise<string> {
    await until(() => this.text.includes(text), text)
    return this.text
  }

  /** Sends a WebSocket upgrade request and ignores the response. */
  upgrade(path: string, headers: Readonly<Record<string, string>> = {}): void {
    const lines = Object.entries({ Host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
    this.write(
      `GET ${path} HTTP/1.1\r\n${lines.join('')}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
  }
}

/**
 * A client-to-server WebSocket frame (RFC 6455, section 5.2), masked with zeros, which leaves the payload unchanged.
 * @param firstByte FIN, reserved bits and opcode: 0x81 text, 0x82 binary, 0x89 ping
 * @param length the payload length to claim, in bytes, if it is to be wrong
 */
export function clientFrame(firstByte: number, payload: Uint8Array | string, length?: number | bigint): Buffer {
  const data = Buffer.from(payload)
  const claimed = BigInt(length ?? data.length)
  const header = Buffer.alloc(claimed < 126n ? 6 : claimed < 65_536n ? 8 : 14)
  header[0] = firstByte
  header[1] = 0x80 | (header.length === 6 ? Number(claimed) : header.length === 8 ? 126 : 127)
  if (header.length === 8) header.writeUInt16BE(Number(claimed), 2)
  if (header.length === 14) header.writeBigUInt64BE(claimed, 2)
  return Buffer.concat([header, data])
}

/** A raw TCP connection after a completed WebSocket handshake. */
export async function openRaw(server: { url: string }, path: string): Promise<RawConnection> {
  const connection = await RawConnection.open(server.url)
  connection.upgrade(path, authorized())
  await until(() => Buffer.from(connection.received).includes('\r\n\r\n'), 'the handshake')
  return connection
}
