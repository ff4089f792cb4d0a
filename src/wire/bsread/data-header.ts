import { Refusal } from '../../core/errors.ts'
import { checkJsonText, isJsonObject } from '../json.ts'
import { BsreadError } from './bsread-error.ts'
import { type BsreadChannel, channelIn } from './channel.ts'
import { compressionOf, PACKING_ERRORS } from './compression.ts'
import { fieldsOf, type HeaderFields, textOf } from './header-text.ts'
import type { BsreadLimits } from './limits.ts'
import type { MainHeader } from './main-header.ts'
import { unpackedBytesOfAnySize } from './unpack-text.ts'

/** The second frame of a message: which channels there are. One object for all messages that have the same. */
export interface DataHeader {
  /** As in the main header. */
  readonly hash: string
  /** In the order of the message's frames. */
  readonly channels: readonly BsreadChannel[]
  /** How many frames a message has: two headers, then value and timestamp of each channel. */
  readonly frames: number
}

/**
 * Reads a data header.
 * @throws BsreadError `DH_…`, or `LZ4` or `BSLZ4` if it is packed and damaged
 */
export function readDataHeader(bytes: Uint8Array, main: MainHeader, limits: BsreadLimits): DataHeader {
  const fields = fieldsIn(unpacked(bytes, main, limits), limits)
  const { htype, channels: described } = fields
  if (typeof htype !== 'string' || !htype.startsWith(DATA_HTYPE))
    throw new BsreadError('DH_HTYPE', `The data header is not of the type ${DATA_HTYPE}x.`)
  if (!Array.isArray(described)) throw new BsreadError('DH_CHANNELS', 'The data header has no list of channels.')
  if (described.length > limits.channels)
    throw new BsreadError('DH_CHANNELS', `The data header has more than ${limits.channels} channels.`)
  const channels = channelsIn(described, limits)
  return { hash: main.hash, channels, frames: 2 + 2 * channels.length }
}

/** All versions that are compatible. */
const DATA_HTYPE = 'bsr_d-1.'

function unpacked(bytes: Uint8Array, main: MainHeader, { dataHeaderBytes }: BsreadLimits): Uint8Array {
  const compression = compressionOf(main.dataHeaderCompression)
  if (!compression) throw new BsreadError('DH_COMPRESSION', 'The data header has a compression that is unknown.')
  if (bytes.length > dataHeaderBytes)
    throw new BsreadError('DH_JSON', `The data header has more than ${dataHeaderBytes} bytes.`)
  if (compression === 'none') return bytes
  const result = unpackedBytesOfAnySize(bytes, compression, dataHeaderBytes)
  if (result) return result
  throw new BsreadError(
    PACKING_ERRORS[compression],
    `The data header does not unpack as ${compression}, or to more than ${dataHeaderBytes} bytes.`,
  )
}

function fieldsIn(bytes: Uint8Array, { channels }: BsreadLimits): HeaderFields {
  const maxValues = VALUES_A_CHANNEL * (channels + 1)
  const text = textOf(bytes)
  const fields = text === undefined || hasTooManyValues(text, maxValues) ? undefined : fieldsOf(text)
  if (fields) return fields
  throw new BsreadError('DH_JSON', `The data header is no JSON object in UTF-8 of at most ${maxValues} values.`)
}

/** Whether it holds more than channels need, which would take many times its own memory. */
function hasTooManyValues(text: string, maxValues: number): boolean {
  try {
    checkJsonText('data header', text, { maxDepth: MAX_DEPTH, maxValues })
    return false
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return true
  }
}

/** Header, list, channel, shape, and room for fields that later versions may have. */
const MAX_DEPTH = 16
/** Itself, its eight fields, its dimensions, and the same again for fields that later versions may have. */
const VALUES_A_CHANNEL = 32

function channelsIn(described: readonly unknown[], limits: BsreadLimits): readonly BsreadChannel[] {
  const names = new Set<string>()
  return described.map((fields) => {
    const name = isJsonObject(fields) ? fields.name : undefined
    if (!isJsonObject(fields) || typeof name !== 'string' || name === '')
      throw new BsreadError('DH_CHANNEL', 'The data header has a channel without a name.')
    if (name.length > limits.nameLength)
      throw new BsreadError(
        'DH_CHANNEL',
        `The data header has a channel whose name is longer than ${limits.nameLength} characters.`,
      )
    if (names.has(name))
      throw new BsreadError('DH_CHANNEL', `The data header has two channels ${JSON.stringify(name)}.`)
    names.add(name)
    return channelIn(name, fields, limits)
  })
}
