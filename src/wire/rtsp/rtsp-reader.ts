import { foreign, type MessageHeader, readHeader } from './message-header.ts'
import { RtspError } from './rtsp-error.ts'
import type { RtspMessage } from './rtsp-message.ts'

/** Takes what comes over a connection. */
export interface RtspListener {
  message(message: RtspMessage): void
  /**
   * A packet that came between the messages (RFC 2326, section 10.12).
   * @param bytes a view of memory that is used again: to be copied if kept
   */
  packet(channel: number, bytes: Uint8Array): void
}

/** Reads what comes over a connection of RTSP, in whatever pieces. It holds at most one message or packet. */
export class RtspReader {
  readonly #listener: RtspListener
  /** The beginning of what has not come as a whole. */
  #held = new Uint8Array(2048)
  #heldBytes = 0
  /** How many bytes are missing at least; Infinity where only the end will tell. */
  #missing = 0
  /** How far an empty line was looked for. */
  #searched = 0
  #header: MessageHeader | undefined

  constructor(listener: RtspListener) {
    this.#listener = listener
  }

  /** Takes the next bytes. @throws RtspError when it is not RTSP; nothing is to be read after that */
  read(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      if (this.#heldBytes === 0) {
        const used = this.#next(bytes, at)
        if (used === 0) this.#hold(bytes.subarray(at))
        at = used === 0 ? bytes.length : at + used
        continue
      }
      const end = Math.min(bytes.length, at + this.#missing)
      this.#hold(bytes.subarray(at, end))
      const used = this.#next(this.#held.subarray(0, this.#heldBytes), 0)
      // What was held too much is at the end of what was taken.
      at = used === 0 ? end : end - (this.#heldBytes - used)
      if (used > 0) this.#heldBytes = 0
    }
  }

  /** Reads one packet, message or line break. @returns how many bytes that were, 0 if it is not there as a whole */
  #next(bytes: Uint8Array, at: number): number {
    const first = bytes[at] ?? 0
    if (this.#header) return this.#body(bytes, at, this.#header)
    if (first === DOLLAR) return this.#packet(bytes, at)
    // Some cameras write line breaks between messages.
    if (first === CR || first === LF) return 1
    if (!isLetter(first)) throw foreign(String.fromCharCode(first))
    return this.#message(bytes, at)
  }

  #packet(bytes: Uint8Array, at: number): number {
    const there = bytes.length - at
    const length = there < 4 ? 4 : 4 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))
    if (there < length) {
      this.#missing = length - there
      return 0
    }
    this.#listener.packet(bytes[at + 1] ?? 0, bytes.subarray(at + 4, at + length))
    return length
  }

  /** The header, and the body if it is there already. */
  #message(bytes: Uint8Array, at: number): number {
    const end = emptyLine(bytes, at + this.#searched)
    const length = (end ?? bytes.length) - at
    if (length > MOST_HEADER_BYTES)
      throw new RtspError(`The camera sends a message whose header is longer than ${MOST_HEADER_BYTES} bytes.`)
    if (end === undefined) {
      this.#missing = Number.POSITIVE_INFINITY
      // The two line breaks may be cut anywhere.
      this.#searched = Math.max(0, length - 3)
      return 0
    }
    this.#searched = 0
    const header = readHeader(bytes.subarray(at, end))
    if (header.bodyBytes === 0) this.#listener.message(header.with(new Uint8Array()))
    else this.#header = header
    return length
  }

  #body(bytes: Uint8Array, at: number, header: MessageHeader): number {
    const there = bytes.length - at
    if (there < header.bodyBytes) {
      this.#missing = header.bodyBytes - there
      return 0
    }
    this.#header = undefined
    this.#listener.message(header.with(new Uint8Array(bytes.subarray(at, at + header.bodyBytes))))
    return header.bodyBytes
  }

  #hold(bytes: Uint8Array): void {
    const needed = this.#heldBytes + bytes.length
    if (needed > this.#held.length) {
      const larger = new Uint8Array(Math.max(needed, this.#held.length * 2))
      larger.set(this.#held.subarray(0, this.#heldBytes))
      this.#held = larger
    }
    this.#held.set(bytes, this.#heldBytes)
    this.#heldBytes = needed
  }
}

/** Where an empty line ends. */
function emptyLine(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1
    if (bytes[next] === LF) return next + 1
  }
  return undefined
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}

const DOLLAR = 0x24
const CR = 0x0d
const LF = 0x0a
const MOST_HEADER_BYTES = 16_384
