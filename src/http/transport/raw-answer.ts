/*
 * Answers to requests that never reach the application: a few bytes written to the socket itself.
 */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

/** Answers without the application and closes; what is 503 may be tried again in a second. */
export function answerAndClose(socket: Socket, status: number, detail: string): void {
  socket.on('error', () => {})
  socket.write(rawAnswer(status, detail))
  socket.destroySoon()
}

/** The whole answer, after which the connection is closed. */
export function rawAnswer(status: number, detail: string): string {
  const body = JSON.stringify({ detail })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...(status === 503 ? ['Retry-After: 1'] : []),
    'Cache-Control: no-store',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

/**
 * Stops Node's parser, which otherwise goes on through all requests of a packet though the connection is closed. Only an
 * internal property leads to it; without it the requests that follow are parsed but ignored.
 */
export function stopParsing(socket: Socket): void {
  const parser: unknown = Reflect.get(socket, 'parser')
  if (typeof parser === 'object' && parser !== null && 'pause' in parser && typeof parser.pause === 'function')
    parser.pause()
}
