import { onTestFinished } from 'vitest'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { BsreadEncoder, type SentChannel } from '../../src/wire/bsread/encode.ts'
import type { SocketState } from '../../src/zeromq/peers.ts'
import { SendingSocket } from '../../src/zeromq/sending-socket.ts'
import { CHANNELS } from './instrument.ts'

/** Sends what a test wants, over a real socket, closed at the end of the test. */
export class Sender {
  readonly port: number
  readonly #socket: SendingSocket
  #pulseId = 0n

  private constructor(socket: SendingSocket, port: number) {
    this.#socket = socket
    this.port = port
  }

  /** Listens on a free port, or on that one. */
  static async open(type: 'PUSH' | 'PUB' = 'PUSH', port = 0): Promise<Sender> {
    const { promise, resolve } = Promise.withResolvers<string>()
    const socket = new SendingSocket({
      type,
      address: `tcp://127.0.0.1:${port}`,
      role: 'bind',
      highWaterMark: 10,
      clock: systemClock,
      log: { error() {}, warn() {}, info() {} },
      state: (state: SocketState) => state.kind === 'listening' && resolve(state.address),
    })
    onTestFinished(() => socket.close(0))
    const address = await promise
    return new Sender(socket, Number(/:(\d+)$/.exec(address)?.[1]))
  }

  close(): Promise<void> {
    return this.#socket.close(0)
  }

  /** Sends the next pulse with these channels, all of zeros. */
  async pulse(channels: readonly SentChannel[] = CHANNELS): Promise<void> {
    const values = channels.map(({ type, shape }) => {
      const length = shape.reduce((product, each) => product * each, 1)
      return { value: type === 'uint16' ? new Uint16Array(length) : new Float64Array(length) }
    })
    await this.send(new BsreadEncoder(channels).encode({ pulseId: this.#pulseId++, values }))
  }

  /** Sends a message. */
  async send(frames: readonly Uint8Array[]): Promise<void> {
    await this.#socket.drained()
    this.#socket.send(frames)
  }
}
