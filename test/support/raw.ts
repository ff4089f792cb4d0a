import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { authorized } from './server.ts'
import { until } from './until.ts'

/** What a plain HTTP request was answered with. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/**
 * A request with any header whatever, `Host` among them, which `fetch` does not let through.
 * @param options.path takes the place of that in the URL, and goes out as it stands
 */
export function rawRequest(
  url: string,
  options: { method?: string; headers?: Record<string, string | number>; body?: string; path?: string } = {},
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

/** A bare TCP connection to a server, cut with the test: for what no proper client does. */
export class RawConnection {
  readonly socket: Socket
  /** All that came. */
  received = new Uint8Array()
  readonly #ended: Promise<void>

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (data: Buffer) => {
      this.received = Buffer.concat([this.received, data])
    })
    // A reset is an end, too.
    socket.on('error', () => {})
    this.#ended = new Promise((resolve) => {
      socket.on('end', resolve)
      socket.on('close', () => resolve())
    })
    onTestFinished(() => {
      socket.destroy()
    })
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url)
    // Half open: that the server ended its side does not end ours.
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    const connection = new RawConnection(socket)
    await once(socket, 'connect')
    return connection
  }

  /** Resolves when the server has ended its side, or reset the connection. */
  get ended(): Promise<void> {
    return this.#ended
  }

  write(data: string | Uint8Array): void {
    this.socket.write(data)
  }

  /** Asks for a WebSocket by hand, and does nothing with what comes. */
  upgrade(path: string, headers: Readonly<Record<string, string>> = {}): void {
    const lines = Object.entries({ Host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
    this.write(
      `GET ${path} HTTP/1.1\r\n${lines.join('')}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
  }
}

/**
 * A frame as a client sends it (RFC 6455, section 5.2), masked with zeros, which leave the payload as it is.
 * @param firstByte FIN, reserved bits and opcode: 0x81 is a text, 0x82 binary, 0x89 a ping
 * @param length what it claims to hold, in bytes, if that is not true
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

/** A WebSocket by hand, already open. */
export async function openRaw(server: { url: string }, path: string): Promise<RawConnection> {
  const connection = await RawConnection.open(server.url)
  connection.upgrade(path, authorized())
  await until(() => Buffer.from(connection.received).includes('\r\n\r\n'), 'the handshake')
  return connection
}
