import { type ElementType, elementsOf, type PackedArray } from '../../core/payload.ts'
import type { PulseTime } from '../../core/pulse.ts'
import { announcedSizes } from './announced-sizes.ts'
import { BsreadError } from './bsread-error.ts'
import { type BsreadChannel, type ChannelFormat, isLengthOpen } from './channel.ts'
import { PACKING_ERRORS } from './compression.ts'
import { elementBytesOf } from './element-types.ts'
import { textOf } from './header-text.ts'
import type { BsreadLimits } from './limits.ts'
import { readTimestamp } from './timestamp.ts'
import { unpackedBytesOfAnySize } from './unpack-text.ts'

/** What a channel had with a pulse. Nothing is read before it is asked for, and then once. */
export class ChannelReading {
  readonly channel: BsreadChannel
  readonly #frames: ChannelFrames
  readonly #limits: BsreadLimits
  #result: Result | undefined

  constructor(channel: BsreadChannel, frames: ChannelFrames, limits: BsreadLimits) {
    this.channel = channel
    this.#frames = frames
    this.#limits = limits
  }

  /**
   * An array as it was received, which shares the memory of the message; a text; or null: it had none, or it is not as the
   * data header says (`error`). That an array's bytes are damaged inside is found by `unpackArray` only.
   */
  get value(): PackedArray | string | null {
    return this.#read().value
  }

  /**
   * How many bytes of text there are at most, by what they say of themselves; undefined of a channel of arrays. So a text that
   * is too long need not be unpacked, which few bytes may make expensive.
   */
  get textBytes(): number | undefined {
    const { channel } = this
    if (channel.error || channel.type !== 'string') return undefined
    const { value } = this.#frames
    return channel.compression === 'none' ? value.length : Math.max(0, ...announcedSizes(value, channel.compression))
  }

  /** The memory of the message that it keeps, in bytes. */
  get byteLength(): number {
    return this.#frames.value.length + this.#frames.timestamp.length
  }

  /** Why there is no value, if there should be one. */
  get error(): BsreadError | undefined {
    return this.#read().error
  }

  /** The channel's own time; the message's if it has none; undefined if that has none either, or if there is no value. */
  get timestamp(): PulseTime | undefined {
    const { channel } = this
    if (channel.error || this.value === null) return undefined
    return readTimestamp(this.#frames.timestamp, channel.byteOrder) ?? this.#frames.globalTimestamp
  }

  #read(): Result {
    this.#result ??= resultOf(this.channel, this.#frames.value, this.#limits)
    return this.#result
  }
}

/** The two frames of a channel, and the time of their message. */
export interface ChannelFrames {
  readonly value: Uint8Array
  readonly timestamp: Uint8Array
  readonly globalTimestamp: PulseTime | undefined
}

/** What a channel had, or why it could not be read. */
interface Result {
  readonly value: PackedArray | string | null
  readonly error?: BsreadError
}

const NOTHING: Result = { value: null }

function resultOf(channel: BsreadChannel, bytes: Uint8Array, limits: BsreadLimits): Result {
  if (channel.error) return { value: null, error: channel.error }
  if (bytes.length === 0) return NOTHING
  const value =
    channel.type === 'string' ? readText(channel, bytes, limits) : readArray(channel, channel.type, bytes, limits)
  return value instanceof BsreadError ? { value: null, error: value } : { value }
}

/** An empty text is null: senders write the two alike. */
function readText(channel: ChannelFormat, bytes: Uint8Array, { textBytes }: BsreadLimits): string | null | BsreadError {
  const { compression } = channel
  const unpacked = compression === 'none' ? bytes : unpackedBytesOfAnySize(bytes, compression, textBytes)
  if (!unpacked) return damaged(channel, `does not unpack as ${compression}, or to more than ${textBytes} bytes`)
  if (unpacked.length > textBytes) return failed(channel, `is a text of more than ${textBytes} bytes`)
  if (unpacked.length === 0) return null
  return textOf(unpacked) ?? failed(channel, 'is no text in UTF-8')
}

function readArray(
  channel: ChannelFormat,
  type: ElementType,
  bytes: Uint8Array,
  { valueBytes }: BsreadLimits,
): PackedArray | null | BsreadError {
  const { byteOrder, compression } = channel
  const elementBytes = elementBytesOf(type)
  const due = elementsOf(channel.shape) * elementBytes
  const sizes = compression === 'none' ? [bytes.length] : announcedSizes(bytes, compression)
  const fits = (size: number) => size % elementBytes === 0 && size <= valueBytes
  const size = sizes.find((each) => each === due) ?? (isLengthOpen(channel) ? sizes.find(fits) : undefined)
  // A packed array may unpack to nothing, which senders in Python make of none.
  if (size === 0 || sizes[0] === 0) return null
  if (size === undefined) return damaged(channel, sizeError(channel, sizes, due, valueBytes))
  const shape = size === due ? channel.shape : [size / elementBytes]
  return { kind: 'packed-array', bytes, type, shape, byteOrder, compression }
}

function sizeError(channel: ChannelFormat, [size]: readonly number[], due: number, maxBytes: number): string {
  if (size === undefined) return `is damaged: it cannot be what ${channel.compression} makes of ${due} bytes`
  if (isLengthOpen(channel)) return `has ${size} bytes: no whole number of elements, or more than ${maxBytes} bytes`
  return `has ${size} bytes, where its type and shape say ${due}`
}

function failed({ name }: ChannelFormat, what: string): BsreadError {
  return new BsreadError('VALUE', `Channel ${JSON.stringify(name)} ${what}.`)
}

function damaged({ name, compression }: ChannelFormat, what: string): BsreadError {
  const code = compression === 'none' ? 'VALUE' : PACKING_ERRORS[compression]
  return new BsreadError(code, `Channel ${JSON.stringify(name)} ${what}.`)
}
