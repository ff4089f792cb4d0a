import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Holder } from '../../core/held-bytes.ts'
import type { KnownRequest } from './request-guard.ts'

/** A response that stays open (server-sent events, MJPEG), as its connection knows it. */
export interface StreamingResponse {
  readonly response: ServerResponse
  /** For whom memory is held on account of it. */
  readonly holder: Holder
  /** It is over: the response has been taken to its end, or the connection is closed. */
  closed(): void
}

/** One HTTP connection. */
export class HttpConnection {
  /** The TCP socket. */
  readonly tcp: Socket
  /** The socket of its requests: the TCP socket or, after a TLS handshake, the one around it. */
  socket: Socket
  readonly network: string
  /** The responses that the kernel has not taken to their end yet. */
  responses: readonly ServerResponse[] = []
  /** The newest request, until it has arrived and been answered. */
  request: KnownRequest | undefined
  /** Whether it asks to become a WebSocket. */
  isUpgrading = false
  /** Its response that stays open. It need not be watched while everything written has been taken. */
  streaming: StreamingResponse | undefined
  /** The higher, the later it became idle; 0 before its first request. */
  idleSince = 0
  /** How much had been read when it became idle: more is the beginning of a request. */
  readWhenIdle = 0

  constructor(tcp: Socket, network: string) {
    this.tcp = tcp
    this.socket = tcp
    this.network = network
  }

  /** A request has arrived, which this is to answer. */
  add(response: ServerResponse): void {
    this.responses = this.responses.concat(response)
  }

  /** A response has been taken to its end, or never will be. */
  remove(response: ServerResponse): void {
    this.responses = this.responses.filter((each) => each !== response)
  }

  /** How many bytes of its responses are unread. Those of pipelined requests are not in the socket's buffer yet. */
  get unreadBytes(): number {
    let bytes = 0
    for (const response of this.responses) bytes += response.writableLength
    return bytes
  }

  /** Whether it waits for a request, or what is left of one that has been answered. */
  get isIdle(): boolean {
    if (this.isUpgrading || this.responses.length > 0) return false
    return this.socket.bytesRead === this.readWhenIdle || this.request?.raw.complete === false
  }
}
