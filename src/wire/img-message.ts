import { messageOf, Refusal } from '../core/errors.ts'
import { withoutNonNumbers } from './json.ts'
import { type SentFields, withFields } from './json-text.ts'

/*
 * The `--IMG--` message format: a JSON object in UTF-8, the seven ASCII characters `--IMG--`, then the bytes of a
 * picture. It has no length field, and a JSON string may itself contain `--IMG--`, so the delimiter is the one right
 * after the JSON object.
 */

/**
 * The default of the maximum size of the JSON header in bytes, including surrounding white space: that of messages from
 * a server, which may hold more than a server takes from one sender (`frames.header_bytes`).
 */
export const MAX_HEADER_BYTES = 8 * 1024 * 1024

/** The maximum nesting depth of a header: far above any real one, far below what overflows the stack. */
export const MAX_HEADER_DEPTH = 200

/** Limits of a header. */
export interface HeaderLimits {
  readonly maxBytes?: number
  /** How many values its JSON may hold, counting an empty list as two; not limited if left out. */
  readonly maxValues?: number
}

/** A parsed message. */
export interface ImgMessage {
  /** The parsed JSON, with null for `NaN` and `Infinity`; its fields are not validated. */
  readonly header: Record<string, unknown>
  /** The same as text, as it was sent. */
  readonly json: string
  /** A view into the message, not a copy. May be empty. */
  readonly image: Uint8Array
}

/**
 * Encodes everything before the picture: the JSON and the delimiter. A `--IMG--` in the JSON is escaped as
 * `\u002d-IMG--`, which means the same, so that readers that split at the first delimiter work too.
 * @param texts fields whose JSON is passed on as it came
 */
export function encodeImgHeader(header: object, texts: SentFields = {}): Uint8Array {
  // With a lookahead, since two delimiters may overlap: "--IMG--IMG--".
  const json = withFields(JSON.stringify(header), texts).replace(/-(?=-IMG--)/g, '\\u002d')
  return encoder.encode(json + DELIMITER)
}

/**
 * Encodes the whole message into one buffer. To save the copy, write `encodeImgHeader` and the picture one after the
 * other.
 */
export function encodeImgMessage(header: object, image: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = encodeImgHeader(header)
  const message = new Uint8Array(head.length + image.length)
  message.set(head)
  message.set(image, head.length)
  return message
}

/**
 * Parses a message. Linear in the size of the header; the picture is not inspected.
 * @throws Refusal `invalid` when it does not begin with a JSON object (RFC 8259, or with `NaN` and `Infinity`) in UTF-8
 *   followed by the delimiter, or the object nests deeper than `MAX_HEADER_DEPTH`; `too_large` when the header exceeds its limits
 */
export function decodeImgMessage(
  message: Uint8Array,
  { maxBytes = MAX_HEADER_BYTES, maxValues = Number.POSITIVE_INFINITY }: HeaderLimits = {},
): ImgMessage {
  const start = skipSpace(message, 0, maxBytes)
  if (message[start] !== OPEN_BRACE) throw new Refusal('invalid', `message: ${whyNoObject(message)}`)
  const end = endOfObject(message, start, maxBytes, maxValues)
  const delimiter = skipSpace(message, end, maxBytes)
  if (delimiter > maxBytes) throw tooLarge(maxBytes)
  if (!isDelimiter(message, delimiter))
    throw new Refusal('invalid', `message: the JSON header must be followed by ${DELIMITER} and the picture`)
  const json = textOfHeader(message.subarray(start, end))
  return {
    header: parse(json),
    json,
    image: message.subarray(delimiter + DELIMITER.length),
  }
}

const DELIMITER = '--IMG--'
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const DELIMITER_BYTES = encoder.encode(DELIMITER)

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/**
 * Where the object that begins at `start` ends (exclusive). Counts brackets outside strings without distinguishing the
 * two kinds, since the JSON parser validates the rest. UTF-8 bytes above 7F are never mistaken for ASCII.
 */
function endOfObject(message: Uint8Array, start: number, maxBytes: number, maxValues: number): number {
  const limit = Math.min(message.length, maxBytes)
  let depth = 0
  let values = 0
  let inString = false
  for (let at = start; at < limit; at++) {
    const byte = message[at]
    if (inString) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) {
      inString = true
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++
      values++
      if (depth > MAX_HEADER_DEPTH)
        throw new Refusal('invalid', `message: the JSON header may nest ${MAX_HEADER_DEPTH} levels deep, not more`)
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--
      if (depth === 0) return at + 1
    } else if (byte === COMMA) {
      values++
    }
    if (values > maxValues) throw tooManyValues(maxValues)
  }
  if (message.length > limit) throw tooLarge(maxBytes)
  throw new Refusal('invalid', 'message: the JSON header has no end')
}

/** Position of the first byte that is not JSON white space, looking no further than a header may reach. */
function skipSpace(message: Uint8Array, from: number, maxBytes: number): number {
  for (let at = from; at <= maxBytes; at++) {
    const byte = message[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at
  }
  return maxBytes + 1
}

function isDelimiter(message: Uint8Array, at: number): boolean {
  return DELIMITER_BYTES.every((byte, i) => message[at + i] === byte)
}

function textOfHeader(json: Uint8Array): string {
  try {
    return decoder.decode(json)
  } catch {
    throw new Refusal('invalid', 'message: the JSON header is not valid UTF-8')
  }
}

/** @param text begins with `{`, so that it can only parse to an object */
function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch (error) {
    return parseWithoutNonNumbers(text) ?? refuseHeader(error)
  }
}

/** What Python writes; undefined if it is not that which is wrong. */
function parseWithoutNonNumbers(text: string): Record<string, unknown> | undefined {
  const repaired = withoutNonNumbers(text)
  try {
    return repaired === text ? undefined : JSON.parse(repaired)
  } catch {
    // The caller tells what is wrong with what was sent.
    return undefined
  }
}

function refuseHeader(error: unknown): never {
  throw new Refusal('invalid', `message: the header is not valid JSON (${messageOf(error)})`)
}

function whyNoObject(message: Uint8Array): string {
  if (message.length === 0) return 'it is empty; a JSON header, --IMG-- and a picture are required'
  if (message[0] === 0xef && message[1] === 0xbb && message[2] === 0xbf)
    return 'it begins with a byte order mark; it must begin with the JSON header itself'
  return `it must begin with a JSON object, followed by ${DELIMITER} and the picture`
}

function tooManyValues(maxValues: number): Refusal {
  return new Refusal(
    'too_large',
    `message: the JSON header may hold ${maxValues.toLocaleString('en-US')} values, not more (frames.metadata_values)`,
    { limit: 'frames.metadata_values' },
  )
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(
    'too_large',
    `message: the JSON header may have ${maxBytes.toLocaleString('en-US')} bytes, this one has more (frames.header_bytes)`,
    { limit: 'frames.header_bytes' },
  )
}
