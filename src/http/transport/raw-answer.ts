/*
 * Answers to requests that never reach the application: a few bytes written to the socket itself.
 */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

/** Answers without the application and closes; what is 503 may be tried again in a second. */
export function answerAndClose(socket: Socket, status: number, detail: string): void {
  const body = JSON.stringify({ detail })
  const retry = status === 503 ? 'Retry-After: 1\r\n' : ''
  const head = `${retry}Content-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}`
  socket.on('error', () => {})
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\nConnection: close\r\n\r\n${body}`)
  socket.destroySoon()
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
