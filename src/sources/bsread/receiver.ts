import type { BufferPool } from '../../core/buffer-pool.ts'
import type { Clock } from '../../core/clock.ts'
import type { EventLoopTurns } from '../../core/event-loop-turns.ts'
import type { InstrumentRules, InstrumentSettings } from '../../core/instrument.ts'
import { type Log, withFields } from '../../core/log.ts'
import { formatAddress } from '../../wire/zmtp/address.ts'
import { DEFAULT_PATIENCE } from '../../wire/zmtp/patience.ts'
import { ReceivingSocket, type ReceivingSocketListener } from '../../zeromq/receiving-socket.ts'
import { messageLimits } from './message-limits.ts'

/** A ZeroMQ socket that receives an instrument's messages. */
export type Receiver = Pick<ReceivingSocket, 'close'>

/** What the socket of an instrument is opened with. */
export interface ReceiverParts {
  readonly settings: InstrumentSettings
  readonly rules: InstrumentRules
  readonly clock: Clock
  readonly log: Log
  /** In which the messages of all instruments are handled. */
  readonly turns: EventLoopTurns
  /** For the values of all instruments. */
  readonly pool?: BufferPool | undefined
}

/** Opens the socket of an instrument; replaced by tests. */
export type OpenReceiver = (parts: ReceiverParts, listener: ReceivingSocketListener) => Receiver

/** "tcp://localhost:8888" */
export function addressOf({ host, port }: InstrumentSettings): string {
  return formatAddress({ host, port })
}

/** Opens a ZeroMQ socket. @throws RangeError for an address that is none */
export const openReceiver: OpenReceiver = ({ settings, rules, clock, log, turns, pool }, listener) =>
  new ReceivingSocket(
    {
      type: settings.socket === 'pull' ? 'PULL' : 'SUB',
      role: settings.mode,
      address: addressOf(settings),
      leadingFrames: HEADERS,
      bounds: {
        // Two headers, then value and timestamp of each channel.
        maxFrames: HEADERS + 2 * rules.channels,
        maxMessageBytes: rules.messageBytes,
        maxLeadingBytes: headerBytesOf(rules),
      },
      maxPeers: rules.senders,
      idleTimeout: rules.silenceTimeout,
      patience: {
        ...DEFAULT_PATIENCE,
        heartbeatInterval: rules.heartbeatInterval,
        heartbeatTimeout: rules.heartbeatTimeout,
      },
      clock,
      // The address says little where several instruments listen, or a peer is the one that is named.
      log: withFields(log, { instrument: settings.name }),
      turns,
      pool,
    },
    listener,
  )

/** The main header and the data header say whether the rest is wanted. */
const HEADERS = 2

function headerBytesOf(rules: InstrumentRules): number {
  const { mainHeaderBytes, dataHeaderBytes } = messageLimits(rules)
  return mainHeaderBytes + dataHeaderBytes
}
