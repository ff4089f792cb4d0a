import { type Compression, elementsOf } from '../../core/payload.ts'
import { BsreadError } from './bsread-error.ts'
import { compressionOf } from './compression.ts'
import { type ChannelType, channelTypeOf, elementBytesOf } from './element-types.ts'
import { type HeaderFields, isCount } from './header-text.ts'
import type { BsreadLimits } from './limits.ts'

/** A channel, as the data header describes it: one that can be read, or what is wrong with its description. */
export type BsreadChannel = ChannelFormat | UnreadableChannel

/** How the values of a channel are written. */
export interface ChannelFormat {
  readonly name: string
  readonly type: ChannelType
  /**
   * The slowest dimension first: `[height, width]` of a picture, though the header has the width first. `[1]` of a single
   * number; without meaning for a text.
   */
  readonly shape: readonly number[]
  readonly byteOrder: 'little' | 'big'
  readonly compression: Compression
  /** The channel is due each `modulo` pulses: when `pulse_id` − `offset` is a multiple of it. */
  readonly modulo: number
  readonly offset: number
  readonly error: undefined
}

/** A channel whose description is no good: its values are null. */
export interface UnreadableChannel {
  readonly name: string
  readonly error: BsreadError
}

/**
 * Whether a channel should have a value with this pulse, by its description. Not all senders keep to it: a value that comes
 * is one. A channel that cannot be read is always due.
 */
export function isDue(channel: BsreadChannel, pulseId: bigint): boolean {
  if (channel.error || channel.modulo === 1) return true
  return (pulseId - BigInt(channel.offset)) % BigInt(channel.modulo) === 0n
}

/**
 * Whether the shape is that of a single number, which is the default. Some senders leave it so for lists, and receivers in
 * Python take as many elements as come.
 */
export function isLengthOpen({ shape }: ChannelFormat): boolean {
  return shape.length === 1 && shape[0] === 1
}

/** Reads the description of the channel with this name. */
export function channelIn(name: string, fields: HeaderFields, limits: BsreadLimits): BsreadChannel {
  const type = typeIn(fields)
  const shape = shapeIn(fields)
  const byteOrder = byteOrderIn(fields)
  const compression = compressionOf(fields.compression)
  const modulo = fields.modulo ?? 1
  const offset = fields.offset ?? 0
  const fail = (what: string) => unreadable(name, what)
  if (!type) return fail('has a type that is unknown')
  if (!byteOrder) return fail('has an encoding that is neither little nor big')
  if (!compression) return fail('has a compression that is unknown')
  if (!shape) return fail('has a shape that is no list of integers from 0')
  if (shape.length > limits.dimensions) return fail(`has more than ${limits.dimensions} dimensions`)
  if (elementsOf(shape) * elementBytesOf(type) > limits.valueBytes)
    return fail(`has more than ${limits.valueBytes} bytes by its shape`)
  if (!isCount(modulo) || modulo < 1) return fail('has a modulo that is no integer from 1')
  if (!isCount(offset)) return fail('has an offset that is no integer from 0')
  return { name, type, shape: shape.toReversed(), byteOrder, compression, modulo, offset, error: undefined }
}

function unreadable(name: string, what: string): UnreadableChannel {
  return { name, error: new BsreadError('CHANNEL', `Channel ${JSON.stringify(name)} ${what}.`) }
}

function typeIn({ type }: HeaderFields): ChannelType | undefined {
  const field = type ?? 'float64'
  return typeof field === 'string' ? channelTypeOf(field) : undefined
}

function byteOrderIn({ encoding }: HeaderFields): 'little' | 'big' | undefined {
  const field = encoding ?? 'little'
  return field === 'little' || field === 'big' ? field : undefined
}

/** The fastest dimension first, as in the header. */
function shapeIn({ shape }: HeaderFields): readonly number[] | undefined {
  const field = shape ?? [1]
  return isCounts(field) ? field : undefined
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount)
}
