import { once } from 'node:events'
import { WebSocket } from 'ws'
import { decodeImgMessage } from '../../src/wire/img-message.ts'
import { ageOf } from './picture.ts'

/** A picture that came. */
export interface Delivery {
  /** When its last byte was there, by `performance.now()`. */
  readonly at: number
  /** ms since it was published. */
  readonly age: number
  /** Of its stream; undefined where the dialect does not tell. */
  readonly key: string | undefined
}

/** One real WebSocket client that notes when each picture came. */
export class Watcher {
  readonly deliveries: Delivery[] = []
  readonly #socket: WebSocket

  private constructor(socket: WebSocket, onPicture: (header: Record<string, unknown>) => void) {
    this.#socket = socket
    socket.on('message', (message: Buffer, isBinary: boolean) => {
      if (!isBinary) return
      const at = performance.now()
      const age = ageOf(message)
      if (age === undefined) return
      const header = message[0] === OPEN_BRACE ? decodeImgMessage(message).header : {}
      this.deliveries.push({ at, age, key: typeof header.key === 'string' ? header.key : undefined })
      onPicture(header)
    })
    socket.on('error', (error) => console.error(error.message))
  }

  /** A viewer of an old dialect, which answers pings unless it is `mute`. */
  static async open(port: number, path: string, manner: 'pong' | 'mute' = 'pong'): Promise<Watcher> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      perMessageDeflate: false,
      autoPong: manner === 'pong',
    })
    const watcher = new Watcher(socket, () => {})
    await once(socket, 'open')
    return watcher
  }

  /** A viewer of a label on `/ws/live`, which credits each picture at once. */
  static async openLive(port: number, label: string): Promise<Watcher> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/live`, { perMessageDeflate: false })
    const watcher = new Watcher(socket, ({ n }) => socket.send(JSON.stringify({ type: 'credit', n })))
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'watch', id: 1, label }))
    return watcher
  }

  /** Pictures that came in a span of time by `performance.now()`. */
  between(from: number, to: number): Delivery[] {
    return this.deliveries.filter(({ at }) => at >= from && at < to)
  }

  /** Stops reading from the network, as a browser tab that is suspended does. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  close(): void {
    this.#socket.terminate()
  }
}

const OPEN_BRACE = 0x7b
