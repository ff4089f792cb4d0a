import { Refusal } from '../core/errors.ts'

/*
 * Parser for `multipart/form-data` (RFC 7578, RFC 2046 section 5.1), for bodies that are completely in memory.
 * Streaming parsers cost more than everything else that is done for a published frame, and bodies of limited size do
 * not need one.
 */

/** One part of a form. */
export interface FormPart {
  readonly name: string
  /** Whether it was sent as a file (it has a file name, which may be empty). */
  readonly isFile: boolean
  /** The file's name as sent, possibly with a path: never to be trusted. Undefined if the part is not a file. */
  readonly fileName: string | undefined
  /** A view into the body, not a copy. */
  readonly bytes: Uint8Array
}

/**
 * A body with a native search for byte sequences, which a plain `Uint8Array` does not have: a `Buffer`. The search must
 * be fast whatever the body holds, since it is the sender who decides that.
 */
export interface FormBody extends Uint8Array {
  indexOf(searched: number | Uint8Array, from?: number): number
  subarray(start?: number, end?: number): FormBody
}

/** Lets others have their turn, while a form is parsed that takes long. */
export type Pause = () => Promise<void>

/** The maximum number of parts of a form. */
export const MAX_PARTS = 64
/** The maximum size of a part's header, in bytes. */
export const MAX_PART_HEAD = 8192

/**
 * Parses a form into its parts, in the order sent. Linear in the size of the body, and never for long at a time.
 * @param contentType the request's `Content-Type`, which contains the boundary
 * @throws Refusal `invalid` when the form is malformed or incomplete; `too_large` when it has more than `MAX_PARTS`
 *   parts
 */
export async function readForm(contentType: string, body: FormBody, pause: Pause): Promise<FormPart[]> {
  const boundary = boundaryOf(contentType)
  const parts: FormPart[] = []
  const turn = new Turn(pause)
  // The preamble before the first boundary is ignored.
  let at = startsWithAt(body, boundary.subarray(2), 0)
    ? boundary.length - 2
    : after(boundary, find(body, boundary, 0) ?? (await findFurther(body, boundary, 0, turn)))
  for (;;) {
    if (startsWithAt(body, CLOSING, at)) return parts
    at = afterLineEnd(body, at)
    if (parts.length === MAX_PARTS) throw new Refusal('too_large', `body: a form has at most ${MAX_PARTS} parts`)
    const { name, fileName, end: start } = readHead(body, at)
    const end = find(body, boundary, start) ?? (await findFurther(body, boundary, start, turn))
    parts.push({ name, isFile: fileName !== undefined, fileName, bytes: body.subarray(start, end) })
    at = after(boundary, end)
    if (turn.isLong) await turn.end()
  }
}

const decoder = new TextDecoder()
const CLOSING = latin1('--')
const HEAD_END = latin1('\r\n\r\n')
const DISPOSITION = /^content-disposition:\s*form-data\s*;/i
const CR = 13
const LF = 10

function boundaryOf(contentType: string): Uint8Array {
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70})(?=[\s;]|$))/i.exec(contentType)
  const boundary = match?.[1] ?? match?.[2]
  if (boundary === undefined) throw new Refusal('invalid', 'Content-Type: must name a boundary of 1 to 70 characters')
  return latin1(`\r\n--${boundary}`)
}

/** The bytes of a text from a header, which Node reads as Latin-1. For a short one faster than a `TextEncoder`. */
function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

function after(boundary: Uint8Array, at: number): number {
  return at + boundary.length
}

/** A boundary may be followed by padding (white space). */
function afterLineEnd(body: Uint8Array, start: number): number {
  let at = start
  while (body[at] === 0x20 || body[at] === 0x09) at++
  if (body[at] !== CR || body[at + 1] !== LF) throw notWhole()
  return at + 2
}

/** The names in a part's header, and where the header ends. */
function readHead(body: FormBody, start: number): { name: string; fileName: string | undefined; end: number } {
  const stop = endOfHead(body, start)
  const head = decoder.decode(body.subarray(start, stop))
  const disposition = head.split('\r\n').find((line) => DISPOSITION.test(line))
  const parameters = parametersOf(disposition ?? '')
  const name = parameters.get('name')
  if (name === undefined)
    throw new Refusal('invalid', 'body: each part of a form needs a Content-Disposition with a name')
  const fileName = parameters.get('filename') ?? extendedFileName(parameters.get('filename*'))
  return { name, fileName, end: stop + HEAD_END.length }
}

/** Where the header that begins there ends; it is so short that a native search would take longer. */
function endOfHead(body: FormBody, start: number): number {
  const last = Math.min(start + MAX_PART_HEAD, body.length) - HEAD_END.length
  for (let at = start; at <= last; at++) if (body[at] === CR && startsWithAt(body, HEAD_END, at)) return at
  throw notWhole()
}

/** `filename*=UTF-8''…` (RFC 8187), which forms must not use but some programs do; empty if it cannot be decoded. */
function extendedFileName(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  try {
    return decodeURIComponent(/^utf-8'[^']*'(.*)$/i.exec(text)?.[1] ?? '')
  } catch {
    return ''
  }
}

/**
 * Parses the parameters of a header; their names in lower case. Browsers write a quote in a value as %22 and do not
 * escape backslashes (https://html.spec.whatwg.org/#multipart-form-data), other programs write \": so a value ends at
 * the quote that is followed by the next parameter or the end of the line.
 */
function parametersOf(header: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (let at = header.indexOf(';'); at >= 0; at = header.indexOf(';', at)) {
    PARAMETER.lastIndex = at
    const match = PARAMETER.exec(header)
    at = match ? PARAMETER.lastIndex : at + 1
    if (!match) continue
    const [, name = '', quoted, plain = ''] = match
    const text = quoted === undefined ? plain : quoted.replaceAll('\\"', '"').replaceAll('%22', '"')
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), text)
  }
  return parameters
}

const PARAMETER = /;\s*([^\s=;"]+)=(?:"((?:[^"]|"(?!\s*(?:;|$)|\s+[\w*-]+=))*)"|([^\s;"]+))/y

/**
 * Position of a pattern in the first slice from `from`, where it nearly always is; undefined if it is further on. Not
 * `async`: to wait for each part cost a form of four parts several µs.
 * @throws Refusal `invalid` when it is not there and the body ends within the slice
 */
function find(body: FormBody, pattern: Uint8Array, from: number): number | undefined {
  const end = from + SLICE_BYTES + pattern.length - 1
  const at = end >= body.length ? body.indexOf(pattern, from) : body.subarray(0, end).indexOf(pattern, from)
  if (at >= 0) return at
  if (end >= body.length) throw notWhole()
  return undefined
}

/** The same in all slices after the first one. @throws Refusal `invalid` when it is not there */
async function findFurther(body: FormBody, pattern: Uint8Array, from: number, turn: Turn): Promise<number> {
  for (let start = from + SLICE_BYTES; ; start += SLICE_BYTES) {
    const at = find(body, pattern, start)
    if (at !== undefined) return at
    if (turn.isLong) await turn.end()
  }
}

/** How much is searched before looking at the clock, in bytes. */
const SLICE_BYTES = 256 * 1024

/** How long parsing keeps others waiting: of ten megabytes of CR every byte may be the first of a boundary. */
class Turn {
  readonly #pause: Pause
  #since = performance.now()

  constructor(pause: Pause) {
    this.#pause = pause
  }

  get isLong(): boolean {
    return performance.now() - this.#since >= LONG_MS
  }

  /** Lets others have theirs. */
  async end(): Promise<void> {
    await this.#pause()
    this.#since = performance.now()
  }
}

const LONG_MS = 5

/** Whether the pattern is at that position. */
function startsWithAt(bytes: Uint8Array, pattern: Uint8Array, at: number): boolean {
  for (let i = 0; i < pattern.length; i++) if (bytes[at + i] !== pattern[i]) return false
  return true
}

function notWhole(): Refusal {
  return new Refusal('invalid', 'body: is no whole form (multipart/form-data)')
}
