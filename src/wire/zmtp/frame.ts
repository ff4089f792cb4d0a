import { concatBytes } from '../../core/concat-bytes.ts'
import { ZmtpError } from './zmtp-error.ts'

/*
 * Frames: flags, the body's size in one byte or eight, the body (https://rfc.zeromq.org/spec/23/, "Framing").
 */

/** What a frame announces. */
export interface FrameHeader {
  readonly kind: 'message' | 'command'
  /** Whether more frames of the same message follow. */
  readonly hasMore: boolean
  /** Size of the body, bytes; up to 2^53. */
  readonly size: number
}

/** What is done with the frames that a `FrameReader` finds. */
export interface FrameHandler {
  /**
   * A frame begins.
   * @returns memory of the announced size for its body, or undefined if the body is to be dropped
   * @throws ZmtpError if it is not to be taken
   */
  begin(header: FrameHeader): Uint8Array | undefined
  /** The frame is complete. @throws ZmtpError if it is not to be taken */
  end(header: FrameHeader): void
}

/**
 * Reads frames from chunks of any size. Bodies are copied once, into the memory that they are to be in, or not at all: they
 * are dropped, or what arrives is put right there (`space`).
 */
export class FrameReader {
  readonly #handler: FrameHandler
  readonly #head = new Uint8Array(LONG_HEAD_BYTES)
  readonly #headView = new DataView(this.#head.buffer)
  /** How much of the head has arrived. */
  #headLength = 0
  /** The frame whose body arrives, the memory for it, and how many bytes are still to come. */
  #header: FrameHeader | undefined
  #body: Uint8Array | undefined
  #left = 0
  /** Whether a message or command has just ended. */
  #isBetween = false
  #isStopped = false

  constructor(handler: FrameHandler) {
    this.#handler = handler
  }

  /**
   * Reads on, up to the end of a message or command at most: what handling one takes is for its handler to bound, and how
   * many are handled in a turn of the event loop for the caller. The chunk is not kept.
   * @returns how many bytes were taken: all, or those to the end of the message
   * @throws ZmtpError when nothing more can be read
   */
  read(chunk: Uint8Array): number {
    let at = 0
    this.#isBetween = false
    while (at < chunk.length && !this.#isBetween) {
      if (this.#isStopped) return chunk.length
      at = this.#header ? this.#readBody(chunk, at) : this.#readHead(chunk, at)
    }
    return at
  }

  /** What is missing of a large body that is gathered: what arrives next may be put at its beginning; then call `filled`. */
  get space(): Uint8Array | undefined {
    const body = this.#body
    return body && this.#left >= LARGE_BYTES ? body.subarray(body.length - this.#left) : undefined
  }

  /** Reads on behind what has been put into `space`. @param length bytes */
  filled(length: number): void {
    if (!this.#isStopped) this.#took(length)
  }

  /** Ignores what else there is, also in the chunk that is being read. */
  stop(): void {
    this.#isStopped = true
  }

  /** @returns where to read on in the chunk */
  #readHead(chunk: Uint8Array, at: number): number {
    const flags = this.#headLength > 0 ? (this.#head[0] ?? 0) : (chunk[at] ?? 0)
    checkFlags(flags)
    const length = (flags & LONG) === 0 ? SHORT_HEAD_BYTES : LONG_HEAD_BYTES
    const end = Math.min(chunk.length, at + length - this.#headLength)
    this.#head.set(chunk.subarray(at, end), this.#headLength)
    this.#headLength += end - at
    if (this.#headLength < length) return end
    this.#headLength = 0
    const header = {
      kind: (flags & COMMAND) === 0 ? 'message' : 'command',
      hasMore: (flags & MORE) !== 0,
      size: length === SHORT_HEAD_BYTES ? this.#headView.getUint8(1) : this.#longSize(),
    } as const
    this.#body = this.#handler.begin(header)
    this.#left = header.size
    this.#header = header
    if (header.size === 0) this.#took(0)
    return end
  }

  #longSize(): number {
    const size = this.#headView.getUint32(1) * 2 ** 32 + this.#headView.getUint32(5)
    if (size > Number.MAX_SAFE_INTEGER) throw new ZmtpError('announces a frame of more than 2^53 bytes')
    return size
  }

  #readBody(chunk: Uint8Array, at: number): number {
    const length = Math.min(this.#left, chunk.length - at)
    const body = this.#body
    if (body) body.set(length === chunk.length ? chunk : chunk.subarray(at, at + length), body.length - this.#left)
    this.#took(length)
    return at + length
  }

  #took(length: number): void {
    this.#left -= length
    const header = this.#header
    if (this.#left > 0 || !header) return
    this.#header = undefined
    this.#body = undefined
    this.#isBetween = !header.hasMore
    this.#handler.end(header)
  }
}

/** Encodes a command: its name, and what belongs to it. */
export function encodeCommandFrame(name: string, data: Uint8Array): Uint8Array {
  const body = new Uint8Array(1 + name.length + data.length)
  body[0] = name.length
  body.set(encoder.encode(name), 1)
  body.set(data, 1 + name.length)
  return concatBytes([frameHead(COMMAND, body.length), body])
}

/**
 * Encodes a message. Large frames are not copied, so they must not be changed until the message is sent.
 * @param frames at least one
 * @returns pieces, to be written one after the other
 */
export function encodeMessage(frames: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let small: Uint8Array[] = []
  const flush = () => {
    if (small.length > 0) pieces.push(concatBytes(small))
    small = []
  }
  for (const [index, frame] of frames.entries()) {
    small.push(frameHead(index < frames.length - 1 ? MORE : 0, frame.length))
    if (frame.length < LARGE_BYTES) small.push(frame)
    else {
      flush()
      pieces.push(frame)
    }
  }
  flush()
  return pieces
}

function frameHead(flags: number, size: number): Uint8Array {
  if (size <= 0xff) return Uint8Array.of(flags, size)
  const head = new Uint8Array(LONG_HEAD_BYTES)
  head[0] = flags | LONG
  const view = new DataView(head.buffer)
  view.setUint32(1, Math.floor(size / 2 ** 32))
  view.setUint32(5, size >>> 0)
  return head
}

function checkFlags(flags: number): void {
  if ((flags & ~(MORE | LONG | COMMAND)) !== 0 || ((flags & COMMAND) !== 0 && (flags & MORE) !== 0))
    throw new ZmtpError(`sends a frame with flags that ZMTP does not know (${flags})`)
}

const encoder = new TextEncoder()
const MORE = 1
const LONG = 2
const COMMAND = 4
const SHORT_HEAD_BYTES = 2
const LONG_HEAD_BYTES = 9
/** From this size on, a piece of its own costs less than copying. */
const LARGE_BYTES = 16_384
