import type { InstrumentStatus } from '../../core/instrument.ts'
import type { SocketState } from '../../zeromq/peers.ts'

/** What the state of an instrument follows from. */
export interface InstrumentEvidence {
  /** "tcp://localhost:8888" */
  readonly address: string
  readonly socket: SocketState
  /** ms since the last pulse; undefined before the first one. */
  readonly silence: number | undefined
  /** The usual time between two pulses, ms; undefined if it is not known. */
  readonly interval: number | undefined
  /** Whether the sender has said that it stops, after its last pulse. */
  readonly hasStopped: boolean
  /** Why the newest message was rejected, a sentence; undefined if it was not. */
  readonly rejection: string | undefined
}

/** The state of an instrument, and why in words. */
export type InstrumentCondition = Pick<InstrumentStatus, 'state' | 'reason'>

/** The state that follows from this. */
export function conditionOf({
  address,
  socket,
  silence,
  interval,
  hasStopped,
  rejection,
}: InstrumentEvidence): InstrumentCondition {
  switch (socket.kind) {
    case 'failed':
      return { state: 'failed', reason: socket.reason }
    case 'connecting':
      return { state: 'connecting', reason: `connecting to ${address}` }
    case 'listening':
      return { state: 'connecting', reason: `listening at ${socket.address}, where no sender has connected yet` }
    case 'connected':
      if (hasStopped) return { state: 'silent', reason: `the sender at ${address} has said that it stops` }
      if (silence !== undefined && silence <= Math.max(SILENT_MS, SILENT_INTERVALS * (interval ?? 0)))
        return { state: 'live', reason: 'pulses come in' }
      if (rejection !== undefined)
        return { state: 'failed', reason: `the messages of ${address} cannot be read. ${rejection}` }
      if (silence === undefined)
        return { state: 'connecting', reason: `connected to ${address}, which has sent no pulse yet` }
      return { state: 'silent', reason: `connected to ${address}, which sends no pulses now` }
  }
}

/** Silent after so many times the usual interval, but not before so many ms. */
const SILENT_INTERVALS = 5
const SILENT_MS = 2000
