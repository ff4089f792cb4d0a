import type { InstrumentRules } from '../../core/instrument.ts'
import { type BsreadLimits, bsreadLimits } from '../../wire/bsread/limits.ts'

/** The limits of the messages of an instrument: an array, unpacked, may be as large as a message. */
export function messageLimits({ channels, messageBytes }: InstrumentRules): BsreadLimits {
  return bsreadLimits({ channels, valueBytes: messageBytes })
}
