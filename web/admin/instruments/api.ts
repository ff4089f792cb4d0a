import { type Fields, fieldsIn, listIn, numberIn, oneIn, textIn } from '../../access/json-fields.ts'
import { type InstrumentStatus, instrumentStatusOf } from '../../instruments/instrument-status.ts'
import { request } from '../admin-request.ts'
import type { InstrumentAddress } from './address.ts'

/** The kinds of sockets that an instrument is read with, the recommended one first. */
export const SOCKETS = ['sub', 'pull'] as const

/** A kind of socket. */
export type InstrumentSocket = (typeof SOCKETS)[number]

/** An instrument that the server reads. */
export interface ListedInstrument extends InstrumentStatus, InstrumentAddress {
  readonly name: string
  /** Whether it is in the server's configuration and can only be removed there. */
  readonly isConfigured: boolean
  readonly socket: InstrumentSocket
  readonly mode: 'connect' | 'bind'
  /** The names of its streams. */
  readonly pictures: readonly string[]
}

/** All instruments at one moment. */
export interface InstrumentReading {
  readonly instruments: readonly ListedInstrument[]
  /** Monotonic, ms. */
  readonly at: number
}

/** The fields of a new instrument. */
export type NewInstrument = Pick<ListedInstrument, 'name' | 'host' | 'port' | 'socket'>

/** Loads all instruments. @throws HttpProblem */
export async function loadInstruments(signal: AbortSignal): Promise<InstrumentReading> {
  const answer = await request('GET', '/instruments', undefined, signal)
  return { instruments: listIn(answer, 'instruments').map(instrumentOf), at: performance.now() }
}

/** @throws HttpProblem */
export async function addInstrument(instrument: NewInstrument): Promise<void> {
  await request('POST', '/instruments', instrument)
}

/** @throws HttpProblem */
export async function removeInstrument(name: string): Promise<void> {
  await request('DELETE', `/instruments/${encodeURIComponent(name)}`)
}

function instrumentOf(fields: Fields): ListedInstrument {
  const source = fieldsIn(fields.source)
  return {
    ...instrumentStatusOf(fields),
    name: textIn(fields, 'name'),
    isConfigured: textIn(fields, 'origin') === 'configuration',
    host: textIn(source, 'host'),
    port: numberIn(source, 'port') ?? 0,
    socket: oneIn(source, 'socket', SOCKETS, 'pull'),
    mode: oneIn(source, 'mode', ['connect', 'bind'], 'connect'),
    pictures: listIn(fields, 'channels')
      .filter(({ is_picture }) => is_picture === true)
      .map((channel) => textIn(channel, 'name')),
  }
}
