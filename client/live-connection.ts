import { decodeImgMessage } from '../src/wire/img-message.ts'
import type { LiveFrameHeader, LiveNotice, LiveRequest, LiveStream } from '../src/wire/live.ts'

/** A picture that came over `/ws/live`. */
export interface LiveFrame {
  readonly header: LiveFrameHeader
  readonly picture: Blob
}

/** What a connection tells its user. */
export interface LiveListener {
  /** Whether the server is connected; news and pictures come only while it is. */
  connection(isOpen: boolean): void
  /** A stream that is watched: there at the start, joined, or changed. */
  stream(stream: LiveStream): void
  /** A stream is not there any more. */
  left(stream: LiveStream): void
  /** A picture. The server sends more once the promise settles, so it should not before the picture is drawn. */
  frame(frame: LiveFrame): Promise<void>
}

/** One connection to `/ws/live` that comes back by itself, and with it all that it watched. */
export class LiveConnection {
  readonly #url: string
  readonly #listener: LiveListener
  readonly #watches = new Map<number, LiveRequest>()
  #socket: WebSocket | undefined
  /** What is known to be there, and after a reconnect what the server has not named again yet. */
  readonly #streams = new Map<string, LiveStream>()
  #unnamed = new Map<string, LiveStream>()
  #unanswered = 0
  #retries = 0
  #clockOffset = 0
  #bestRoundTrip = Number.POSITIVE_INFINITY

  /** @param url "ws://…/ws/live" */
  constructor(url: string, listener: LiveListener) {
    this.#url = url
    this.#listener = listener
    this.#connect()
  }

  /** The server's time now, ms since 1970, as far as it can be told from here. */
  get serverNow(): number {
    return Date.now() + this.#clockOffset
  }

  /** Starts a watch; it is started anew on each connection. */
  watch(watch: Extract<LiveRequest, { type: 'watch' }>): void {
    this.#watches.set(watch.id, watch)
    this.#send(watch)
  }

  #connect(): void {
    const socket = new WebSocket(this.#url)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      this.#retries = 0
      this.#bestRoundTrip = Number.POSITIVE_INFINITY
      this.#unnamed = new Map(this.#streams)
      this.#unanswered = this.#watches.size
      this.#listener.connection(true)
      this.#askTime()
      for (const watch of this.#watches.values()) this.#send(watch)
    }
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string') this.#notice(JSON.parse(data))
      else this.#frame(socket, data)
    }
    socket.onclose = () => {
      clearTimeout(this.#clockTimer)
      this.#listener.connection(false)
      const delay = Math.min(FIRST_DELAY_MS * 2 ** this.#retries++, MAX_DELAY_MS)
      setTimeout(() => this.#connect(), delay * (0.5 + Math.random() / 2))
    }
    this.#socket = socket
  }

  #notice(notice: LiveNotice): void {
    if (notice.type === 'watching') this.#watching(notice.streams)
    else if (notice.type === 'stream' && notice.event === 'left') this.#left(notice.stream)
    else if (notice.type === 'stream') this.#there(notice.stream)
    else if (notice.type === 'clock') this.#setClock(notice)
    else if (notice.type === 'error') console.error(`${notice.code}: ${notice.message}`)
  }

  #watching(streams: readonly LiveStream[]): void {
    for (const stream of streams) this.#there(stream)
    // What was there before the connection broke and is in no watch now has gone meanwhile.
    if (--this.#unanswered === 0) for (const stream of this.#unnamed.values()) this.#left(stream)
  }

  #there(stream: LiveStream): void {
    this.#streams.set(idOf(stream), stream)
    this.#unnamed.delete(idOf(stream))
    this.#listener.stream(stream)
  }

  #left(stream: LiveStream): void {
    this.#streams.delete(idOf(stream))
    this.#listener.left(stream)
  }

  #frame(socket: WebSocket, data: ArrayBuffer): void {
    const { header, image } = decodeImgMessage(new Uint8Array(data))
    if (!isFrameHeader(header)) return
    const picture = new Blob([new Uint8Array(image)], { type: header.media_type })
    const credit = () => {
      if (socket === this.#socket) this.#send({ type: 'credit', n: header.n })
    }
    // A picture that cannot be drawn is done with as well.
    this.#listener.frame({ header, picture }).then(credit, credit)
  }

  #send(request: LiveRequest): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request))
  }

  #clockTimer: ReturnType<typeof setTimeout> | undefined

  #askTime(): void {
    this.#send({ type: 'clock', t0: Date.now() })
    this.#clockTimer = setTimeout(() => this.#askTime(), CLOCK_PERIOD_MS)
  }

  /** As NTP does (RFC 5905, section 8): the exchange with the shortest way is the one to trust. */
  #setClock({ t0, t1, t2 }: Extract<LiveNotice, { type: 'clock' }>): void {
    const t3 = Date.now()
    const roundTrip = t3 - t0 - (t2 - t1)
    if (roundTrip > this.#bestRoundTrip) {
      // Clocks drift: an old exchange loses its weight.
      this.#bestRoundTrip *= 1.5
      return
    }
    this.#bestRoundTrip = roundTrip
    this.#clockOffset = (t1 - t0 + (t2 - t3)) / 2
  }
}

const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 10_000
const CLOCK_PERIOD_MS = 10_000

function idOf({ label, key }: LiveStream): string {
  return JSON.stringify([label, key])
}

function isFrameHeader(header: object): header is LiveFrameHeader {
  return 'n' in header && 'label' in header && 'key' in header && 'received_at' in header && 'media_type' in header
}
