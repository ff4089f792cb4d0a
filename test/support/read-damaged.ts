import { BsreadError } from '../../src/wire/bsread/bsread-error.ts'
import type { ChannelReading } from '../../src/wire/bsread/channel-reading.ts'
import type { BsreadLimits } from '../../src/wire/bsread/limits.ts'
import { BsreadDecoder } from '../../src/wire/bsread/message.ts'
import { unpackArray } from '../../src/wire/bsread/unpack-array.ts'
import { damagedMessages } from './bsread-mutations.ts'

/** What can come of a message or of a value. */
export type Outcome = 'message' | 'command' | 'value' | 'error'

/**
 * Reads damaged messages with all that is in them, and counts what comes of it.
 * @throws whatever is thrown that is no BsreadError, and Error for a value that takes more memory than it may
 */
export function readDamaged(seed: number, count: number, limits: BsreadLimits): Readonly<Record<Outcome, number>> {
  const outcomes = { message: 0, command: 0, value: 0, error: 0 }
  let decoder = new BsreadDecoder(limits)
  let messages = 0
  for (const frames of damagedMessages(seed, count)) {
    // Some come after others of the same sender, some are the first.
    if (++messages % 3 === 0) decoder = new BsreadDecoder(limits)
    for (const outcome of outcomesOf(decoder, frames, limits)) outcomes[outcome]++
  }
  return outcomes
}

function* outcomesOf(decoder: BsreadDecoder, frames: readonly Uint8Array[], limits: BsreadLimits): Generator<Outcome> {
  const message = orError(() => decoder.decode(frames))
  yield message?.kind ?? 'error'
  if (message?.kind !== 'message') return
  for (const reading of message.channels) yield orError(() => isRead(reading, limits)) ? 'value' : 'error'
}

function isRead({ value, timestamp, error }: ChannelReading, { valueBytes }: BsreadLimits): boolean {
  if (timestamp && timestamp.ns >= 1e9) throw new Error('a time that is none')
  if (value === null || typeof value === 'string') return !error
  const { byteLength } = unpackArray(value).values
  if (byteLength > valueBytes || byteLength > LZ4_RATIO * value.bytes.length) throw new Error(`${byteLength} bytes`)
  return true
}

/** The most that LZ4 can make of a byte. */
const LZ4_RATIO = 255

function orError<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (error instanceof BsreadError) return undefined
    throw error
  }
}
