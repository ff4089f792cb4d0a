import { concatBytes } from '../core/concat-bytes.ts'
import { Refusal } from '../core/errors.ts'
import { JpegEnd } from './jpeg-end.ts'
import { LineReader } from './line-reader.ts'

/** A part of an MJPEG stream that is to be a picture. */
export interface PicturePart {
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** Memory of its own. */
  readonly bytes: Uint8Array
}

/**
 * Reads MJPEG as cameras send it (`multipart/x-mixed-replace`, see `multipart-jpeg.ts`) from bytes that come in pieces. Each
 * picture is passed on with its last byte, also where nothing says how long it is.
 *
 * Cameras take the standard lightly: what they call the boundary has its two dashes or not, or is another one than the one
 * they send; there is none before the first part, or no line end before one; lengths are missing, or wrong. So the
 * boundary is the one that is there, and a length counts as long as one follows. Parts that are no JPEG (sound,
 * events) are skipped.
 */
export class MultipartReader {
  readonly #maxBytes: number
  readonly #onPart: (part: PicturePart) => void
  readonly #lines = new LineReader(MAX_LINE)
  #state: 'between' | 'head' | 'part' | 'closed' = 'between'
  /** The line between parts; undefined until there was one. */
  #delimiter: string | undefined
  #headers = new Map<string, string>()
  #headBytes = 0
  #body: Body | undefined
  #trustsLengths = true
  /** Whether the last part was as long as it said, so that a delimiter is to follow. */
  #isAfterLength = false
  #bytesBetween = 0

  /**
   * @param maxBytes the largest picture
   * @param onPart takes each picture
   */
  constructor(maxBytes: number, onPart: (part: PicturePart) => void) {
    this.#maxBytes = maxBytes
    this.#onPart = onPart
  }

  /** Whether the sender has said that nothing more comes. */
  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  /**
   * Takes the next bytes; pictures that they complete are passed on before it returns.
   * @throws Refusal `invalid` when it is no MJPEG; `too_large`
   */
  push(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length && this.#state !== 'closed')
      at = this.#state === 'part' ? this.#takePart(bytes, at) : this.#takeLine(bytes, at)
  }

  #takeLine(bytes: Uint8Array, at: number): number {
    const found = this.#lines.push(bytes, at)
    const end = found?.end ?? bytes.length
    if (this.#state === 'head') {
      this.#headBytes += end - at
      if (this.#headBytes > MAX_HEAD) throw new Refusal('invalid', `the head of a part has more than ${MAX_HEAD} bytes`)
      if (found?.line.trim() === '') this.#beginBody()
      else if (found) this.#takeHeader(found.line)
    } else {
      this.#bytesBetween += end - at
      if (this.#bytesBetween > this.#maxBytes + MAX_HEAD) throw new Refusal('invalid', 'no boundary between pictures')
      if (found) this.#takeLineBetween(found.line.trimEnd())
    }
    return end
  }

  #takeLineBetween(line: string): void {
    if (line === '') return
    if (this.#delimiter !== undefined && line === `${this.#delimiter}--`) this.#state = 'closed'
    else if (this.#delimiter === undefined ? line.startsWith('--') : line === this.#delimiter) {
      this.#delimiter = line
      this.#beginHead()
    } else if (this.#delimiter === undefined && HEADER.test(line)) {
      // It has begun without a boundary.
      this.#beginHead()
      this.#takeHeader(line)
    } else if (this.#isAfterLength) this.#trustsLengths = false
    this.#isAfterLength = false
  }

  #beginHead(): void {
    this.#state = 'head'
    this.#headers = new Map()
    this.#headBytes = 0
    this.#bytesBetween = 0
  }

  #takeHeader(line: string): void {
    const [, name = '', value = ''] = HEADER.exec(line) ?? []
    this.#headers.set(name.toLowerCase(), value.trim())
  }

  #beginBody(): void {
    const type = this.#headers.get('content-type') ?? ''
    const isPicture = type === '' || PICTURE.test(type)
    const text = this.#headers.get('content-length') ?? ''
    const length = this.#trustsLengths && /^\d{1,15}$/.test(text) ? Number(text) : undefined
    this.#state = 'between'
    this.#isAfterLength = length !== undefined
    if (length === 0 || (length === undefined && !isPicture)) return
    if (length === undefined) this.#body = new EndlessBody(this.#maxBytes, this.#delimiter)
    else this.#body = new SizedBody(length, isPicture ? this.#maxBytes : undefined)
    this.#state = 'part'
  }

  #takePart(bytes: Uint8Array, at: number): number {
    const body = this.#body
    const end = body?.push(bytes.subarray(at))
    if (!body || end === undefined) return bytes.length
    this.#state = 'between'
    this.#body = undefined
    // Its beginning was read with the picture.
    if (body.isAtDelimiter && this.#delimiter !== undefined) this.#lines.push(encoder.encode(this.#delimiter), 0)
    const picture = body.bytes
    if (picture.length > 0) this.#onPart({ headers: this.#headers, bytes: picture })
    return at + end
  }
}

/** Gathers the content of a part. */
interface Body {
  /** @returns where in these bytes it ends, exclusive; undefined if it goes on. @throws Refusal `too_large` */
  push(bytes: Uint8Array): number | undefined
  /** What was gathered; nothing of a part that is skipped. */
  readonly bytes: Uint8Array
  /** Whether it has ended behind the beginning of the line between parts, which is no part of `bytes`. */
  readonly isAtDelimiter: boolean
}

class SizedBody implements Body {
  readonly isAtDelimiter = false
  readonly #isKept: boolean
  readonly #pieces: Uint8Array[] = []
  #missing: number

  /** @param maxBytes undefined: it is skipped */
  constructor(length: number, maxBytes: number | undefined) {
    if (maxBytes !== undefined && length > maxBytes) throw tooLarge(maxBytes)
    this.#isKept = maxBytes !== undefined
    this.#missing = length
  }

  push(bytes: Uint8Array): number | undefined {
    const piece = bytes.subarray(0, this.#missing)
    if (this.#isKept) this.#pieces.push(piece)
    this.#missing -= piece.length
    return this.#missing === 0 ? piece.length : undefined
  }

  get bytes(): Uint8Array {
    return concatBytes(this.#pieces)
  }
}

/** Ends with the JPEG or, if that is cut, before the line between parts. */
class EndlessBody implements Body {
  isAtDelimiter = false
  readonly #maxBytes: number
  readonly #pieces: Uint8Array[] = []
  readonly #jpegEnd = new JpegEnd()
  /** The line between parts with the line end before it; undefined where it is not known. */
  readonly #delimiter: Uint8Array | undefined
  /** How much of that has been read. */
  #matched = 0
  #length = 0

  constructor(maxBytes: number, delimiter: string | undefined) {
    this.#maxBytes = maxBytes
    this.#delimiter = delimiter === undefined ? undefined : encoder.encode(`\n${delimiter}`)
  }

  push(bytes: Uint8Array): number | undefined {
    const jpegEnd = this.#jpegEnd.push(bytes)
    const delimiterEnd = this.#delimiterEnd(bytes.subarray(0, jpegEnd))
    this.isAtDelimiter = delimiterEnd !== undefined
    const end = delimiterEnd ?? jpegEnd
    const piece = bytes.subarray(0, end)
    this.#pieces.push(piece)
    this.#length += piece.length
    if (this.#length > this.#maxBytes + MAX_LINE) throw tooLarge(this.#maxBytes)
    return end
  }

  get bytes(): Uint8Array {
    const all = concatBytes(this.#pieces)
    if (!this.isAtDelimiter) return all
    const end = all.length - (this.#delimiter?.length ?? 0)
    return all.subarray(0, all[end - 1] === CR ? end - 1 : end)
  }

  /** Only its first byte is a line end, so a mismatch begins anew. */
  #delimiterEnd(bytes: Uint8Array): number | undefined {
    const delimiter = this.#delimiter
    if (!delimiter) return undefined
    for (let at = 0; at < bytes.length; at++) {
      if (this.#matched === 0) {
        at = bytes.indexOf(LF, at)
        if (at < 0) return undefined
      }
      if (bytes[at] === delimiter[this.#matched]) this.#matched++
      else this.#matched = bytes[at] === LF ? 1 : 0
      if (this.#matched === delimiter.length) return at + 1
    }
    return undefined
  }
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal('too_large', `a picture has more than ${maxBytes} bytes`)
}

const encoder = new TextEncoder()
const CR = 0x0d
const LF = 0x0a
/** The longest line, and the longest head of a part, in bytes. */
const MAX_LINE = 4_096
const MAX_HEAD = 16_384
const HEADER = /^([\w-]+)\s*:(.*)$/s
const PICTURE = /^(?:image\/p?jpe?g|application\/octet-stream)/i
