import { type Compression, elementsOf, type TypedArray } from '../../core/payload.ts'
import type { PulseTime } from '../../core/pulse.ts'
import { type ChannelType, elementBytesOf, IS_LITTLE_ENDIAN, TYPED_ARRAYS } from './element-types.ts'
import { swapBytes } from './swap-bytes.ts'
import { timestampFrame } from './timestamp.ts'
import { packBytes } from './unpack-bytes.ts'

/** A channel of a sender. */
export interface SentChannel {
  /** No other channel of the sender has it. */
  readonly name: string
  readonly type: ChannelType
  /** The slowest dimension first, as everywhere but on the wire; `[1]` for a single number or a text. */
  readonly shape: readonly number[]
  /** `little` if left out. */
  readonly byteOrder?: 'little' | 'big'
  /** `none` if left out. */
  readonly compression?: Compression
  /** It has a value each so many pulses, when `pulse_id` − `offset` is a multiple of it; 1 if left out. */
  readonly modulo?: number
  /** 0 if left out. */
  readonly offset?: number
}

/** A message of a sender. */
export interface SentMessage {
  /** From 0 to 2⁶⁴ − 1. */
  readonly pulseId: bigint
  readonly globalTimestamp?: PulseTime | undefined
  /** For each channel, in their order; null for one that has no value with this pulse. */
  readonly values: readonly (SentValue | null)[]
}

/** What a channel has with a pulse. */
export interface SentValue {
  /** Numbers of the channel's type, as many as its shape has; a text. An empty one arrives as null. */
  readonly value: TypedArray | string
  /** That of the message if left out. */
  readonly timestamp?: PulseTime | undefined
}

/** Writes the messages of one sender, whose channels stay the same. */
export class BsreadEncoder {
  readonly #channels: readonly SentChannel[]
  readonly #dataHeader: Uint8Array
  /** What is the same in all main headers, in JSON. */
  readonly #constantFields: string

  /** @param dataHeaderCompression how the data header is packed */
  constructor(channels: readonly SentChannel[], dataHeaderCompression: Compression = 'none') {
    const header = encoder.encode(JSON.stringify({ htype: 'bsr_d-1.1', channels: channels.map(description) }))
    this.#channels = channels
    this.#dataHeader = packed(header, dataHeaderCompression, 1)
    this.#constantFields = JSON.stringify({
      htype: 'bsr_m-1.1',
      hash: hashOf(header),
      ...(dataHeaderCompression !== 'none' && { dh_compression: dataHeaderCompression }),
    }).slice(0, -1)
  }

  /**
   * The frames of a message. Values that need no change share the memory of theirs.
   * @throws RangeError when the values are not those of the channels
   */
  encode({ pulseId, globalTimestamp, values }: SentMessage): Uint8Array[] {
    if (values.length !== this.#channels.length)
      throw new RangeError(`${this.#channels.length} values, or null, are needed`)
    const time = globalTimestamp ? `,"global_timestamp":${JSON.stringify(globalTimestamp)}` : ''
    const main = encoder.encode(`${this.#constantFields},"pulse_id":${pulseId}${time}}`)
    const frames = [main, this.#dataHeader]
    this.#channels.forEach((channel, index) => {
      const sent = values[index]
      if (!sent) {
        frames.push(NO_BYTES, NO_BYTES)
        return
      }
      const timestamp = sent.timestamp ?? globalTimestamp
      frames.push(
        valueFrame(channel, sent.value),
        timestamp ? timestampFrame(timestamp, channel.byteOrder ?? 'little') : NO_BYTES,
      )
    })
    return frames
  }
}

const encoder = new TextEncoder()
const NO_BYTES = new Uint8Array(0)

/** A channel in the data header. */
function description({
  name,
  type,
  shape,
  byteOrder = 'little',
  compression = 'none',
  modulo = 1,
  offset = 0,
}: SentChannel) {
  return {
    name,
    type,
    shape: shape.toReversed(),
    encoding: byteOrder,
    ...(compression !== 'none' && { compression }),
    ...((modulo !== 1 || offset !== 0) && { modulo, offset }),
  }
}

function valueFrame(channel: SentChannel, value: TypedArray | string): Uint8Array {
  const bytes = bytesOf(channel, value)
  return bytes.length === 0 ? NO_BYTES : packed(bytes, channel.compression ?? 'none', elementBytesOf(channel.type))
}

function bytesOf({ name, type, shape, byteOrder = 'little' }: SentChannel, value: TypedArray | string): Uint8Array {
  if (type === 'string' && typeof value === 'string') return encoder.encode(value)
  if (type === 'string' || !(value instanceof TYPED_ARRAYS[type]) || value.length !== elementsOf(shape))
    throw new RangeError(`The value of ${JSON.stringify(name)} is not of its type and shape`)
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  if ((byteOrder === 'little') === IS_LITTLE_ENDIAN) return bytes
  const swapped = new Uint8Array(bytes)
  swapBytes(swapped, value.BYTES_PER_ELEMENT)
  return swapped
}

function packed(bytes: Uint8Array, compression: Compression, elementBytes: number): Uint8Array {
  return compression === 'none' ? bytes : packBytes(bytes, compression, elementBytes)
}

/** FNV-1a, 64 bits, in hexadecimal: receivers only compare it with the one before. */
function hashOf(bytes: Uint8Array): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash.toString(16).padStart(16, '0')
}
