import { EventLoopTurns } from '../../src/core/event-loop-turns.ts'
import type { HubRules } from '../../src/core/hub-parts.ts'
import type { InstrumentRules, InstrumentSettings } from '../../src/core/instrument.ts'
import type { Log } from '../../src/core/log.ts'
import { Supervisor } from '../../src/core/supervisor.ts'
import { startInstrument } from '../../src/sources/bsread/instrument-source.ts'
import { BsreadEncoder, type SentChannel } from '../../src/wire/bsread/encode.ts'
import type { ConnectionListener, ReceivingSocketListener } from '../../src/zeromq/receiving-socket.ts'
import { anyone, makeHub } from './hub.ts'

/** Bounds that tests seldom reach. */
export const INSTRUMENT_RULES: InstrumentRules = {
  pictures: 8,
  profileElements: 100,
  metadataElements: 1000,
  messageBytes: 1_000_000,
  channels: 100,
  senders: 4,
  silenceTimeout: 10_000,
  heartbeatInterval: 1000,
  heartbeatTimeout: 2000,
}

/** An image of 4 × 3 values, and a number. */
export const CHANNELS: readonly SentChannel[] = [
  { name: 'image', type: 'uint16', shape: [3, 4] },
  { name: 'energy', type: 'float64', shape: [1] },
]

/** An instrument in a hub, whose socket is the test's. */
export function makeInstrument(
  settings: Partial<InstrumentSettings> = {},
  rules: Partial<InstrumentRules> = {},
  log: Log = { error() {}, warn() {}, info() {} },
  hubRules: Partial<HubRules> = {},
) {
  const { hub, clock } = makeHub(hubRules)
  const supervisor = new Supervisor({ hub, clock, log, random: () => 1 })
  const sockets: FakeSocket[] = []
  const instrument = startInstrument(
    {
      supervisor,
      clock,
      log,
      rules: { ...INSTRUMENT_RULES, ...rules },
      turns: new EventLoopTurns(setImmediate),
      openReceiver: (_, listener) => {
        const socket = new FakeSocket(listener)
        sockets.push(socket)
        return socket
      },
    },
    { name: 'beamline', host: 'localhost', port: 8888, socket: 'pull', mode: 'connect', ...settings },
  )
  return {
    hub,
    clock,
    instrument,
    sockets,
    /** The socket that is open. */
    get socket(): FakeSocket {
      const socket = sockets.at(-1)
      if (!socket) throw new Error('no socket was opened')
      return socket
    },
    /** "image live: frames are coming in" of each stream. */
    streams: () => hub.directory.list(anyone).map(({ key, state, reason }) => `${key} ${state}: ${reason}`),
  }
}

/** In place of an instrument's socket: gives its messages as a real one does, and counts what is kept of them. */
export class FakeSocket {
  /** How many messages were asked for in whole, and how many were dropped. */
  kept = 0
  skipped = 0
  isClosed = false
  readonly #listener: ReceivingSocketListener
  #connection: ConnectionListener | undefined
  #pulseId = 0n

  constructor(listener: ReceivingSocketListener) {
    this.#listener = listener
    listener.state({ kind: 'connecting' })
  }

  /** Another peer of a socket that listens. */
  anotherPeer(): ConnectionListener {
    return this.#listener.connection()
  }

  connect(): void {
    this.#connection = this.#listener.connection()
    this.#listener.state({ kind: 'connected', peers: 1 })
  }

  fail(reason: string): void {
    this.#listener.state({ kind: 'failed', reason })
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  /** A pulse with these channels, of `CHANNELS` if left out; the id is the next one, unless given. */
  pulse(pulseId = this.#pulseId, channels = CHANNELS): void {
    const values = channels.map(({ name, shape }) => {
      const length = shape.reduce((product, each) => product * each, 1)
      return {
        value: name === 'energy' ? Float64Array.of(5.25) : new Uint16Array(length).fill(Number(pulseId % 1000n)),
      }
    })
    this.message(
      new BsreadEncoder(channels).encode({ pulseId, globalTimestamp: { sec: 1_800_000_000, ns: 5 }, values }),
    )
    this.#pulseId = pulseId + 1n
  }

  /** A message of these frames. */
  message(frames: readonly Uint8Array[]): void {
    this.#connection ??= this.#listener.connection()
    const choice = frames.length < 2 ? 'keep' : this.#connection.headers(frames.slice(0, 2))
    if (choice === 'keep') {
      this.kept++
      this.#connection.message(frames)
    } else {
      this.skipped++
      this.#connection.skipped(frames.reduce((sum, { length }) => sum + length, 0))
    }
  }
}
