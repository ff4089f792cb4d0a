import type { Metadata } from '../../core/frame.ts'
import type { InstrumentRules } from '../../core/instrument.ts'
import type { Json } from '../../core/json.ts'
import type { ElementType, PackedArray, TypedArray } from '../../core/payload.ts'
import { BsreadError } from '../../wire/bsread/bsread-error.ts'
import type { ChannelReading } from '../../wire/bsread/channel-reading.ts'
import { unpackArray } from '../../wire/bsread/unpack-array.ts'

/** How much of a message's channels is kept with a picture. */
export type MetadataRules = Pick<InstrumentRules, 'profileElements' | 'metadataElements'>

/**
 * The measurements of a pulse, by the names of their channels: numbers, booleans and texts as such, profiles as lists. What
 * JSON cannot hold becomes what it can: integers beyond 2⁵³ are texts to the digit; NaN and infinities null. Of what is too
 * long, or no list, there are its type and shape. A channel that had nothing, or cannot be read, is null.
 * @param readings without the pictures
 */
export function metadataOf(readings: Iterable<ChannelReading>, rules: MetadataRules): Metadata {
  let room = rules.metadataElements
  const entries: [string, Json][] = []
  for (const reading of readings) {
    const length = lengthOf(reading)
    const isKept = length !== undefined && length <= Math.min(rules.profileElements, room)
    if (isKept) room -= length
    entries.push([reading.channel.name, isKept ? kept(reading.value) : described(reading)])
  }
  // A channel may be called "__proto__": this makes it a field as any other.
  return Object.fromEntries(entries)
}

function kept(value: PackedArray | string | null): Json {
  if (value === null || typeof value === 'string') return value
  const { type, shape } = value
  const values = valuesIn(value)
  if (!values) return null
  const list: Json[] = []
  for (const each of values) list.push(jsonOf(each, type))
  return shape.every((length) => length === 1) ? (list[0] ?? null) : list
}

function valuesIn(array: PackedArray): TypedArray | undefined {
  try {
    return unpackArray(array).values
  } catch (error) {
    if (!(error instanceof BsreadError)) throw error
    // One that is damaged must not take the others with it.
    return undefined
  }
}

function jsonOf(value: number | bigint, type: ElementType): Json {
  if (type === 'bool') return value !== 0
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

function described(reading: ChannelReading): Json {
  const { textBytes } = reading
  if (textBytes !== undefined) return { type: 'string', shape: [textBytes] }
  const { value } = reading
  return value === null || typeof value === 'string' ? value : { type: value.type, shape: value.shape }
}

/** How many elements, or bytes of text, it is; undefined of an array with several dimensions, which is no list. */
function lengthOf(reading: ChannelReading): number | undefined {
  if (reading.textBytes !== undefined) return reading.textBytes
  const { value } = reading
  if (value === null || typeof value === 'string') return 1
  const [length = 1, ...more] = value.shape.filter((each) => each !== 1)
  return more.length > 0 ? undefined : length
}
