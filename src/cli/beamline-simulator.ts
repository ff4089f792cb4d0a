import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Compression } from '../core/payload.ts'
import { systemClock } from '../telemetry/system-clock.ts'
import { BsreadEncoder, type SentChannel, type SentMessage } from '../wire/bsread/encode.ts'
import type { SocketState } from '../zeromq/peers.ts'
import { SendingSocket } from '../zeromq/sending-socket.ts'
import { type BeamlinePulse, beamlinePulses } from './beamline-pulses.ts'

/** What is simulated, and where it is sent to. */
export interface SimulatorOptions {
  /** tcp://HOST:PORT, which is listened at; port 0: any free one. */
  readonly address: string
  readonly socket: 'PUSH' | 'PUB'
  readonly width: number
  readonly height: number
  readonly compression: Compression
  /** How many pulses are sent; undefined: no end. */
  readonly count: number | undefined
  /** Between two pulses, ms. */
  readonly delay: number
  /** Ends it. */
  readonly signal: AbortSignal
  /** How it stands with the receivers: at first, and on each change. */
  state(state: SocketState): void
}

/**
 * Simulates the stream of a beamline's camera: a picture of the beam, its profiles and some numbers with each pulse. A PUSH
 * socket waits while nobody receives, or while receivers are too slow; a PUB socket goes on.
 * @returns how many pulses were sent, once they have all been
 */
export async function simulateBeamline(options: SimulatorOptions): Promise<number> {
  const { address, socket: type, width, height, count = Number.POSITIVE_INFINITY, delay, signal, state } = options
  const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  const parts = { clock: systemClock, log: SILENT, role: 'bind', highWaterMark: HIGH_WATER_MARK } as const
  const socket = new SendingSocket({ ...parts, address, type, state })
  const encoder = new BsreadEncoder(channelsOf(options))
  const draw = beamlinePulses(width, height)
  let sent = 0
  let due = performance.now()
  while (sent < count && !signal.aborted) {
    // Before it is drawn: what is sent is never older than it need be.
    await Promise.race([socket.drained(), ended])
    await pause(due - performance.now(), signal)
    if (signal.aborted) break
    if (!socket.send(encoder.encode(messageOf(draw(), sent, options)))) continue
    sent++
    // What could not be sent in time is not caught up on.
    due = Math.max(due, performance.now() - MOST_BEHIND_MS) + delay
  }
  await socket.close(signal.aborted ? 0 : LINGER_MS)
  return sent
}

/** The channels, in the order of the old viewer's generator. */
function channelsOf({ width, height, compression }: SimulatorOptions): readonly SentChannel[] {
  return [
    { name: 'image', type: 'float64', shape: [height, width], compression },
    { name: 'image_size_x', type: 'int64', shape: [1] },
    { name: 'image_size_y', type: 'int64', shape: [1] },
    { name: 'image_profile_x', type: 'float64', shape: [width], compression },
    { name: 'image_profile_y', type: 'float64', shape: [height], compression },
    { name: 'beam_energy', type: 'float64', shape: [1] },
    { name: 'repetition_rate', type: 'int64', shape: [1] },
  ]
}

function messageOf(pulse: BeamlinePulse, number: number, { width, height }: SimulatorOptions): SentMessage {
  const now = Date.now()
  return {
    pulseId: BigInt(number),
    globalTimestamp: { sec: Math.floor(now / 1000), ns: (now % 1000) * 1e6 },
    values: [
      pulse.image,
      BigInt64Array.of(BigInt(width)),
      BigInt64Array.of(BigInt(height)),
      pulse.profileX,
      pulse.profileY,
      Float64Array.of(pulse.beamEnergy),
      BigInt64Array.of(REPETITION_RATE),
    ].map((value) => ({ value })),
  }
}

/** Pauses for `ms`, at least until the sockets have had their turn. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms < 1) await nextTurn()
  else await sleep(ms, undefined, { signal }).catch(() => {})
}

/** What happens is told by its state. */
const SILENT = { error() {}, warn() {}, info() {} }
/** As of the old viewer's generator: messages that may wait for a receiver. */
const HIGH_WATER_MARK = 10
/** The number that the old viewer's generator sends, whatever its rate. */
const REPETITION_RATE = 100n
/** Pulses that are late for so long are left out, ms. */
const MOST_BEHIND_MS = 100
/** How long receivers have for the last pulses, ms. */
const LINGER_MS = 5000
