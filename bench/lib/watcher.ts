import { once } from 'node:events'
import { WebSocket } from 'ws'
import { decodeImgMessage } from '../../src/wire/img-message.ts'
import { ageOf } from './picture.ts'

/** A received picture. */
export interface Delivery {
  /** When its last byte was received, by `performance.now()`. */
  readonly at: number
  /** The latency since it was published, ms. */
  readonly age: number
  /** The stream's key; undefined if the dialect does not send it. */
  readonly key: string | undefined
}

/** A real WebSocket client that records when each picture was received. */
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

  /** Opens a viewer of one of the detection hub's dialects, which answers pings unless it is `mute`. */
  static async open(port: number, path: string, manner: 'pong' | 'mute' = 'pong'): Promise<Watcher> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      perMessageDeflate: false,
      autoPong: manner === 'pong',
    })
    const watcher = new Watcher(socket, () => {})
    await once(socket, 'open')
    return watcher
  }

  /** Opens a viewer of a label on `/ws/live`, which gives a credit for each picture at once. */
  static async openLive(port: number, label: string): Promise<Watcher> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/live`, { perMessageDeflate: false })
    const watcher = new Watcher(socket, ({ n }) => socket.send(JSON.stringify({ type: 'credit', n })))
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'watch', id: 1, label }))
    return watcher
  }

  /** The pictures received in a period, by `performance.now()`. */
  between(from: number, to: number): Delivery[] {
    return this.deliveries.filter(({ at }) => at >= from && at < to)
  }

  /** Stops reading from the network, like a suspended browser tab. */
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
