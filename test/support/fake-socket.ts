import type { ClientSocket } from '../../client/client-socket.ts'
import { encodeImgMessage } from '../../src/wire/img-message.ts'
import type { LiveFrameHeader, LiveNotice } from '../../src/wire/live-messages.ts'

/** A fake client-side WebSocket; the test is the server. */
export class FakeSocket implements ClientSocket {
  binaryType = 'blob'
  readyState = 0
  onopen: ((event: never) => void) | null = null
  onmessage: ((event: never) => void) | null = null
  onerror: ((event: never) => void) | null = null
  onclose: ((event: never) => void) | null = null
  /** Messages that the client has sent and the test has not taken yet; texts are parsed as JSON. */
  sent: unknown[] = []
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.sent.push(typeof data === 'string' ? JSON.parse(data) : data)
  }

  close(): void {
    this.readyState = 3
  }

  /** Whether the client has dropped it. */
  get isDropped(): boolean {
    return this.readyState === 3 && this.onopen === null && this.onmessage === null && this.onclose === null
  }

  /** Completes the handshake. */
  open(): void {
    this.readyState = 1
    tell(this.onopen, {})
  }

  /** The server or the network closes the connection. */
  end(code: number, reason = '', problem?: string): void {
    this.readyState = 3
    if (problem !== undefined) tell(this.onerror, { message: problem })
    tell(this.onclose, { code, reason })
  }

  /** The server sends a raw message. */
  receive(data: string | ArrayBuffer): void {
    tell(this.onmessage, { data })
  }

  notice(notice: LiveNotice | object): void {
    this.receive(JSON.stringify(notice))
  }

  /** Opens and sends "hello", as `/ws/live` does. */
  greet(): void {
    this.open()
    this.notice({ type: 'hello', protocol: 1, version: '1.2.3', now: 0 })
  }

  /** The server sends a frame of a stream. */
  picture(header: Partial<LiveFrameHeader>, image = new Uint8Array([1, 2, 3])): void {
    this.receive(encodeImgMessage({ ...PICTURE, ...header }, image).buffer)
  }

  /** The sent messages of that `type` (default: all); forgets all sent messages. */
  take(type?: string): unknown[] {
    const sent = this.sent
    this.sent = []
    const isOfType = (message: unknown) =>
      typeof message === 'object' && message !== null && 'type' in message && message.type === type
    return type === undefined ? sent : sent.filter(isOfType)
  }
}

/** A frame header with all required fields. */
export const PICTURE: LiveFrameHeader = {
  n: 1,
  label: 'site',
  key: 'cam',
  id: '5-0',
  sequence: 1,
  received_at: 5,
  media_type: 'image/jpeg',
  width: 640,
  height: 480,
}

/** A stream as the server lists it. */
export function stream(key: string, label = 'site') {
  return { label, key, state: 'live', since: 5, last_frame_at: 5 } as const
}

function tell(handler: ((event: never) => void) | null, event: object): void {
  // The test passes exactly the events that the client's handlers take.
  const handle = handler as ((event: object) => void) | null
  handle?.(event)
}
