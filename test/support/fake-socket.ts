import type { ClientSocket } from '../../client/client-socket.ts'
import { encodeImgMessage } from '../../src/wire/img-message.ts'
import type { LiveFrameHeader, LiveNotice } from '../../src/wire/live-messages.ts'

/** A client's WebSocket whose other end is the test. */
export class FakeSocket implements ClientSocket {
  binaryType = 'blob'
  readyState = 0
  onopen: ((event: never) => void) | null = null
  onmessage: ((event: never) => void) | null = null
  onerror: ((event: never) => void) | null = null
  onclose: ((event: never) => void) | null = null
  /** What the client sent and the test has not taken yet, texts parsed. */
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

  /** Whether the client has let go of it. */
  get isDropped(): boolean {
    return this.readyState === 3 && this.onopen === null && this.onmessage === null && this.onclose === null
  }

  /** The handshake is done. */
  open(): void {
    this.readyState = 1
    tell(this.onopen, {})
  }

  /** The connection ends, as the server or the network wants it. */
  end(code: number, reason = '', problem?: string): void {
    this.readyState = 3
    if (problem !== undefined) tell(this.onerror, { message: problem })
    tell(this.onclose, { code, reason })
  }

  /** A message of the server as it stands. */
  receive(data: string | ArrayBuffer): void {
    tell(this.onmessage, { data })
  }

  notice(notice: LiveNotice | object): void {
    this.receive(JSON.stringify(notice))
  }

  /** Opens and greets, as `/ws/live` does. */
  greet(): void {
    this.open()
    this.notice({ type: 'hello', protocol: 1, version: '1.2.3', now: 0 })
  }

  /** A picture of a stream. */
  picture(header: Partial<LiveFrameHeader>, image = new Uint8Array([1, 2, 3])): void {
    this.receive(encodeImgMessage({ ...PICTURE, ...header }, image).buffer)
  }

  /** What was sent with that `type`, and takes all that was sent. */
  take(type?: string): unknown[] {
    const sent = this.sent
    this.sent = []
    const isOfType = (message: unknown) =>
      typeof message === 'object' && message !== null && 'type' in message && message.type === type
    return type === undefined ? sent : sent.filter(isOfType)
  }
}

/** Everything a picture's header must have. */
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

/** A stream in a notice. */
export function stream(key: string, label = 'site') {
  return { label, key, state: 'live', since: 5, last_frame_at: 5 } as const
}

function tell(handler: ((event: never) => void) | null, event: object): void {
  // What the client's handlers take is what the test gives them here.
  const handle = handler as ((event: object) => void) | null
  handle?.(event)
}
