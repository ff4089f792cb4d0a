import type { PulseTime } from '../../core/pulse.ts'
import { isJsonObject } from '../json.ts'
import { BsreadError } from './bsread-error.ts'
import { fieldsOf, type HeaderFields, isCount, textOf } from './header-text.ts'
import type { BsreadLimits } from './limits.ts'
import { timestampIn } from './timestamp.ts'

/** The first frame of a message. */
export interface MainHeader {
  /** The machine's count of pulses, from 0 to 2⁶⁴ − 1. It goes back when a sender starts anew. */
  readonly pulseId: bigint
  /** When the pulse was, by the sender's clock. */
  readonly globalTimestamp: PulseTime | undefined
  /** Identifies the data header. Senders take an MD5 of it, which nobody checks. */
  readonly hash: string
  /** How the data header is packed, as the header says it. */
  readonly dataHeaderCompression: unknown
}

/**
 * A message of one frame, by which a sender tells its receivers something: that it stops, or that they should connect to
 * another address, which is never done, since it would let a sender redirect the server. Senders in Java send both.
 */
export interface BsreadCommand {
  readonly kind: 'command'
  readonly command: 'stop' | 'reconnect'
}

/** Parses the first frame, whatever kind of message it begins. @throws BsreadError `MAIN_JSON` */
export function parseMainFrame(bytes: Uint8Array, { mainHeaderBytes }: BsreadLimits): HeaderFields {
  if (bytes.length > mainHeaderBytes)
    throw new BsreadError('MAIN_JSON', `The main header has more than ${mainHeaderBytes} bytes.`)
  const text = textOf(bytes)
  const fields = text === undefined ? undefined : fieldsOf(text)
  if (text === undefined || !fields) throw new BsreadError('MAIN_JSON', 'The main header is no JSON object in UTF-8.')
  return isRounded(fields.pulse_id) ? (fieldsOf(text, keepPulseIdExact) ?? fields) : fields
}

/** What a message of one frame orders, if it is such a message. */
export function commandIn({ htype }: HeaderFields): BsreadCommand | undefined {
  if (typeof htype !== 'string') return undefined
  if (htype.startsWith('bsr_stop-')) return { kind: 'command', command: 'stop' }
  return htype.startsWith('bsr_reconnect-') ? { kind: 'command', command: 'reconnect' } : undefined
}

/** Reads the main header. @throws BsreadError `MAIN_HTYPE`, `MAIN_PULSE_ID`, `MAIN_TIMESTAMP` or `MAIN_HASH` */
export function mainHeaderIn(fields: HeaderFields): MainHeader {
  const { htype, hash } = fields
  if (typeof htype !== 'string' || !htype.startsWith(MAIN_HTYPE))
    throw new BsreadError('MAIN_HTYPE', `The main header is not of the type ${MAIN_HTYPE}x.`)
  if (typeof hash !== 'string') throw new BsreadError('MAIN_HASH', 'The main header has no hash.')
  return {
    pulseId: pulseIdIn(fields),
    globalTimestamp: globalTimestampIn(fields),
    hash,
    dataHeaderCompression: fields.dh_compression,
  }
}

/** All versions that are compatible. */
const MAIN_HTYPE = 'bsr_m-1.'

function pulseIdIn({ pulse_id: pulseId }: HeaderFields): bigint {
  if (isCount(pulseId)) return BigInt(pulseId)
  if (typeof pulseId === 'bigint' && pulseId <= MAX_PULSE_ID) return pulseId
  throw new BsreadError('MAIN_PULSE_ID', 'The main header has no pulse_id that is an integer from 0 to 2⁶⁴ − 1.')
}

function globalTimestampIn({ global_timestamp: field }: HeaderFields): PulseTime | undefined {
  if (field === undefined || field === null) return undefined
  const timestamp = isJsonObject(field) ? timestampIn(field) : undefined
  if (!timestamp)
    throw new BsreadError(
      'MAIN_TIMESTAMP',
      'The global_timestamp is no time: it has sec and ns, both integers, ns below 10⁹.',
    )
  return timestamp
}

const MAX_PULSE_ID = 2n ** 64n - 1n

/** Whether a number was an integer that JSON's parser has rounded. */
function isRounded(value: unknown): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value)
}

/** A reviver. It takes five times as long as parsing without one, so it is used for large numbers only. */
function keepPulseIdExact(key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  return key === 'pulse_id' && source !== undefined && DIGITS.test(source) ? BigInt(source) : value
}

/** An integer that may fit in 64 bits. */
const DIGITS = /^\d{16,20}$/
