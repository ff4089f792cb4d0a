import { createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { encodeReady } from '../../src/wire/zmtp/command.ts'
import { encodeGreeting } from '../../src/wire/zmtp/greeting.ts'
import type { SocketState } from '../../src/zeromq/peers.ts'
import { ReceivingSocket, type ReceivingSocketOptions } from '../../src/zeromq/receiving-socket.ts'
import { SendingSocket, type SendingSocketOptions } from '../../src/zeromq/sending-socket.ts'
import { until } from './until.ts'

/** Bounds like those of an instrument's stream. */
export const BOUNDS = { maxFrames: 100, maxMessageBytes: 10_000_000, maxLeadingBytes: 100_000 }

/** Faster than usual, so that tests need not wait. */
export const IMPATIENCE = { handshake: 2000, heartbeatInterval: 50, heartbeatTimeout: 200 }

/** The log of a socket, as it is written. */
export function recordingLog() {
  const lines: string[] = []
  const write = (_fields: object, message: string) => void lines.push(message)
  return { lines, error: write, warn: write, info: write }
}

/**
 * Opens a receiving socket that keeps all messages but those whose first frame begins with "skip". Closed after the test.
 */
export function receiver(options: Partial<ReceivingSocketOptions> & { readonly address: string }) {
  const messages: string[][] = []
  const skipped: number[] = []
  const states: SocketState[] = []
  const log = recordingLog()
  const textOf = (frame: Uint8Array) => (frame.length > 100 ? `${frame.length} bytes` : Buffer.from(frame).toString())
  const socket = new ReceivingSocket(
    { role: 'connect', type: 'PULL', leadingFrames: 2, bounds: BOUNDS, clock: systemClock, log, ...options },
    {
      connection: () => ({
        headers: ([first]) => (first && Buffer.from(first).toString().startsWith('skip') ? 'skip' : 'keep'),
        message: (frames) => void messages.push(frames.map(textOf)),
        skipped: (bytes) => void skipped.push(bytes),
      }),
      state: (state) => void states.push(state),
    },
  )
  onTestFinished(() => socket.close())
  return {
    ...{ socket, messages, skipped, states, log },
    /** Waits until it listens. @returns where */
    async listening(): Promise<string> {
      await until(() => socket.state.kind === 'listening', 'the address')
      return socket.state.kind === 'listening' ? socket.state.address : ''
    },
    connected: () => until(() => socket.state.kind === 'connected', 'the connection'),
    /** Waits until it says that it failed for such a reason. */
    failed: (reason: RegExp) =>
      until(() => states.some((state) => state.kind === 'failed' && reason.test(state.reason)), `${reason}`),
  }
}

/** Opens a sending socket; closed after the test. @returns once it listens, or at once if it connects */
export async function sender(options: Partial<SendingSocketOptions> = {}) {
  const states: SocketState[] = []
  const socket = new SendingSocket({
    ...{ address: 'tcp://127.0.0.1:0', role: 'bind', type: 'PUSH', highWaterMark: 10, clock: systemClock },
    ...{ log: recordingLog(), state: (state) => void states.push(state), ...options },
  })
  onTestFinished(() => socket.close(0))
  const addressIn = () => states.flatMap((state) => (state.kind === 'listening' ? [state.address] : []))[0]
  if (options.role !== 'connect') await until(() => addressIn() !== undefined, 'the address')
  return {
    ...{ socket, states, address: addressIn() ?? '' },
    peers: (count: number) =>
      until(() => socket.state.kind === 'connected' && socket.state.peers === count, `${count} peers`),
    /** Sends text frames, and waits for room if need be. */
    async send(...frames: (string | Uint8Array)[]) {
      const bytes = frames.map((frame) => (typeof frame === 'string' ? Buffer.from(frame) : frame))
      while (!socket.send(bytes)) await socket.drained()
    },
  }
}

/**
 * A peer that says what a test wants, to each who connects. Closed after the test.
 * @param at the port; default: any that is free
 */
export async function rawPeer(visit: (socket: Socket) => void, at = 0) {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    visit(socket)
  })
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
  const stop = () => {
    for (const socket of sockets) socket.destroy()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  onTestFinished(stop)
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  return { address: `tcp://127.0.0.1:${port}`, port, sockets, stop }
}

/** What a PUSH socket of ZMTP 3.`minor` begins with. */
export function pushHandshake(minor: number): Buffer {
  const greeting = encodeGreeting()
  greeting[11] = minor
  return Buffer.concat([greeting, encodeReady('PUSH')])
}
