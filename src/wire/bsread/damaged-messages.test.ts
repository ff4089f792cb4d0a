import { expect, it } from 'vitest'
import { damagedMessages } from '../../../test/support/bsread-mutations.ts'
import { BsreadError } from './bsread-error.ts'
import type { ChannelReading } from './channel-reading.ts'
import { BSREAD_LIMITS } from './limits.ts'
import { BsreadDecoder } from './message.ts'
import { unpackArray } from './unpack-array.ts'

const LIMITS = { ...BSREAD_LIMITS, valueBytes: 1024 * 1024 }

/** What can come of a message or a value. */
type Outcome = 'message' | 'command' | 'value' | 'error'

/** Reads all that there is in a message. @throws anything but BsreadError */
function* outcomesOf(decoder: BsreadDecoder, frames: readonly Uint8Array[]): Generator<Outcome> {
  const message = orError(() => decoder.decode(frames))
  yield message?.kind ?? 'error'
  if (message?.kind !== 'message') return
  for (const reading of message.channels) yield orError(() => read(reading)) ? 'value' : 'error'
}

function read({ value, timestamp, error }: ChannelReading): boolean {
  if (timestamp && timestamp.ns >= 1e9) throw new Error('no time')
  if (value === null || typeof value === 'string') return !error
  const { values } = unpackArray(value)
  return values.byteLength <= Math.min(LIMITS.valueBytes, 255 * value.bytes.length)
}

function orError<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (error instanceof BsreadError) return undefined
    throw error
  }
}

it('messages that are damaged are read or refused, with an error of ours and within the memory of their shapes', () => {
  const outcomes = { message: 0, command: 0, value: 0, error: 0 }
  let decoder = new BsreadDecoder(LIMITS)
  let count = 0
  for (const frames of damagedMessages(20_261_128, 20_000)) {
    // Some come after others of the same sender, some are the first.
    if (++count % 3 === 0) decoder = new BsreadDecoder(LIMITS)
    for (const outcome of outcomesOf(decoder, frames)) outcomes[outcome]++
  }
  expect(outcomes.error).toBeGreaterThan(5000)
  expect(outcomes.value).toBeGreaterThan(20_000)
})
