import { messageOf, Refusal } from '../core/errors.ts'

/*
 * The `--IMG--` message: a JSON object in UTF-8, the seven ASCII characters `--IMG--`, then a picture's bytes. It has
 * no length field, and a JSON text may itself hold `--IMG--` in a string, so the delimiter is the one behind the JSON
 * value.
 */

/** The longest JSON header that is read, in bytes, with white space around it. */
export const MAX_HEADER_BYTES = 1024 * 1024

/** How deep arrays and objects of a header may nest: far above any real one, far below what overflows a stack. */
export const MAX_HEADER_DEPTH = 200

/** A message taken apart. */
export interface ImgMessage {
  /** What the JSON says; no field of it has been checked. */
  readonly header: Record<string, unknown>
  /** A view into the message, not a copy. May be empty. */
  readonly image: Uint8Array
}

/**
 * Everything that goes before the picture: the JSON and the delimiter. A `--IMG--` in the JSON is written
 * `\u002d-IMG--`, which means the same, so that readers who split at the first delimiter get it right too.
 */
export function encodeImgHeader(header: object): Uint8Array {
  // With a lookahead, since two delimiters may share their dashes: "--IMG--IMG--".
  const json = JSON.stringify(header).replace(/-(?=-IMG--)/g, '\\u002d')
  return encoder.encode(json + DELIMITER)
}

/** The whole message in one buffer. What writes the parts on by itself saves a copy with `encodeImgHeader`. */
export function encodeImgMessage(header: object, image: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = encodeImgHeader(header)
  const message = new Uint8Array(head.length + image.length)
  message.set(head)
  message.set(image, head.length)
  return message
}

/**
 * Takes a message apart. Time is linear in the header, whatever it holds; the picture is not looked at.
 * @throws Refusal `invalid` when it does not begin with a JSON object (RFC 8259) in UTF-8 that is followed by the
 * delimiter, or nests deeper than `MAX_HEADER_DEPTH`; `too_large` when the header is above `MAX_HEADER_BYTES`
 */
export function decodeImgMessage(message: Uint8Array): ImgMessage {
  const start = skipSpace(message, 0)
  if (message[start] !== OPEN_BRACE) throw new Refusal('invalid', `message: ${whyNoObject(message)}`)
  const end = endOfObject(message, start)
  const delimiter = skipSpace(message, end)
  if (delimiter > MAX_HEADER_BYTES) throw tooLarge()
  if (!isDelimiter(message, delimiter))
    throw new Refusal('invalid', `message: the JSON header must be followed by ${DELIMITER} and the picture`)
  return {
    header: parse(message.subarray(start, end)),
    image: message.subarray(delimiter + DELIMITER.length),
  }
}

const DELIMITER = '--IMG--'
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const DELIMITER_BYTES = encoder.encode(DELIMITER)

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/**
 * Where the object that begins at `start` ends (exclusive). Only looks for brackets outside strings, and takes one kind
 * for the other: what lies between is for the JSON parser to judge. Bytes of UTF-8 above 7F are never mistaken for
 * ASCII.
 */
function endOfObject(message: Uint8Array, start: number): number {
  const limit = Math.min(message.length, MAX_HEADER_BYTES)
  let depth = 0
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
      if (depth > MAX_HEADER_DEPTH)
        throw new Refusal('invalid', `message: the JSON header may nest ${MAX_HEADER_DEPTH} levels deep, not more`)
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--
      if (depth === 0) return at + 1
    }
  }
  if (message.length > limit) throw tooLarge()
  throw new Refusal('invalid', 'message: the JSON header has no end')
}

/** Where the first byte that is no JSON white space is, looking no further than a header may reach. */
function skipSpace(message: Uint8Array, from: number): number {
  for (let at = from; at <= MAX_HEADER_BYTES; at++) {
    const byte = message[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at
  }
  return MAX_HEADER_BYTES + 1
}

function isDelimiter(message: Uint8Array, at: number): boolean {
  return DELIMITER_BYTES.every((byte, i) => message[at + i] === byte)
}

/** @param json a text that begins with `{`, so that what it parses to is an object */
function parse(json: Uint8Array): Record<string, unknown> {
  let text: string
  try {
    text = decoder.decode(json)
  } catch {
    throw new Refusal('invalid', 'message: the JSON header is not valid UTF-8')
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refusal('invalid', `message: the header is not valid JSON (${messageOf(error)})`)
  }
}

function whyNoObject(message: Uint8Array): string {
  if (message.length === 0) return 'it is empty; a JSON header, --IMG-- and a picture are required'
  if (message[0] === 0xef && message[1] === 0xbb && message[2] === 0xbf)
    return 'it begins with a byte order mark; it must begin with the JSON header itself'
  return `it must begin with a JSON object, followed by ${DELIMITER} and the picture`
}

function tooLarge(): Refusal {
  return new Refusal(
    'too_large',
    `message: the JSON header may have ${MAX_HEADER_BYTES.toLocaleString('en-US')} bytes, this one has more`,
  )
}
