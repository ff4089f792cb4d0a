import type { Units } from '../../src/core/instrument.ts'
import { type Fields, fieldsIn, numberIn, oneIn, textIn } from '../access/json-fields.ts'

/** The states of an instrument; `off`: it is not read at this server. */
export const INSTRUMENT_STATES = ['connecting', 'live', 'silent', 'failed', 'off'] as const

/** A state of an instrument. */
export type InstrumentState = (typeof INSTRUMENT_STATES)[number]

/** How an instrument is doing, as the server says in `/instruments` and in `/streams`. */
export interface InstrumentStatus {
  readonly state: InstrumentState
  /** A sentence of the server. */
  readonly reason: string
  readonly messages: number
  readonly bytes: number
  /** Pulses per second. */
  readonly rate: number
  readonly bytesPerSecond: number
  readonly pulseId: string | undefined
  readonly lostPulses: number
  readonly restarts: number
  readonly rejected: number
  readonly lastRejection: string
  /** Since the last message when the server answered, ms. */
  readonly age: number | undefined
  /** By channel; those of a stream only. */
  readonly units: Units
}

/** Reads a status. */
export function instrumentStatusOf(fields: Fields): InstrumentStatus {
  const count = (name: string) => numberIn(fields, name) ?? 0
  return {
    state: oneIn(fields, 'state', INSTRUMENT_STATES, 'off'),
    reason: textIn(fields, 'reason'),
    messages: count('messages'),
    bytes: count('bytes'),
    rate: count('rate'),
    bytesPerSecond: count('bytes_per_s'),
    pulseId: textIn(fields, 'pulse_id') || undefined,
    lostPulses: count('lost_pulses'),
    restarts: count('restarts'),
    rejected: count('rejected'),
    lastRejection: textIn(fields, 'last_rejection'),
    age: numberIn(fields, 'age_ms'),
    units: unitsIn(fields),
  }
}

/** The unit of a channel, if it is told. */
export function unitIn(units: Units | undefined, channel: string): string | undefined {
  return units && Object.hasOwn(units, channel) ? units[channel] : undefined
}

function unitsIn({ units }: Fields): Units {
  const entries = Object.entries(fieldsIn(units))
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
