import { concatBytes } from '../../core/concat-bytes.ts'
import { detached } from '../../core/detached.ts'
import { DecodeTimes } from '../decode-times.ts'
import { crc32 } from './crc32.ts'
import { NutCursor } from './nut-cursor.ts'
import { NutError } from './nut-error.ts'
import { FILE_ID, LONG_PACKET, N, type PacketKind, START_CODES } from './nut-format.ts'
import { type FrameHead, FrameHeads } from './nut-frames.ts'
import { type MainHeader, readMainHeader, readStreamHeader, type StreamHeader } from './nut-headers.ts'
import { microseconds } from './nut-times.ts'
import { readSideData } from './side-data.ts'

/** A stream of video in a NUT. */
export interface NutVideo {
  /** Which one it is, from 0. */
  readonly id: number
  /** The name of its codec, 2 or 4 bytes: "H264". */
  readonly fourcc: Uint8Array
  /** What decoders call extradata; may be empty. */
  readonly configuration: Uint8Array
  /** In pixels; 0 where it is not known. */
  readonly width: number
  readonly height: number
}

/** A frame of one of them. */
export interface NutFrame {
  readonly stream: number
  /** In memory of its own. */
  readonly bytes: Uint8Array
  readonly isKey: boolean
  /** When it is to be shown, µs. */
  readonly pts: number
  /** When it is to be decoded, µs; made from the order of frames, as NUT has none. */
  readonly dts: number
}

/** Takes what is read. */
export interface NutListener {
  /** Called before the first frame of a stream, and again when it changes. */
  video(video: NutVideo): void
  frame(frame: NutFrame): void
}

/** The largest header, bytes. */
const HEADER_BYTES = 262_144
/** The longest beginning of a frame, up to its bytes. */
const HEAD_BYTES = 4096

/** What is being read at the moment. */
type Reading =
  | { readonly what: 'next' }
  | { readonly what: 'skip'; left: number }
  | { readonly what: 'frame'; readonly head: FrameHead; readonly bytes: Uint8Array; at: number }

/**
 * The incremental reader of a NUT that arrives in pieces of any size. Only video is reported; what belongs to other streams,
 * information and the index are skipped. It is for pipes, where nothing gets lost: what is damaged is an error, and no
 * search for what can be read behind it. It holds no more than one frame and one header.
 */
export class NutReader {
  readonly #listener: NutListener
  readonly #frameBytes: number
  #rest: Uint8Array = new Uint8Array()
  #reading: Reading = { what: 'next' }
  #isOpen = false
  #main: MainHeader | undefined
  #heads: FrameHeads | undefined
  readonly #streams = new Map<number, { header: StreamHeader; readonly times: DecodeTimes }>()

  /** @param frameBytes the largest frame */
  constructor(listener: NutListener, frameBytes: number) {
    this.#listener = listener
    this.#frameBytes = frameBytes
  }

  /**
   * Takes the next piece; keeps no view of it.
   * @throws NutError if it is no NUT, damaged, or beyond the limits; nothing can be read after that
   */
  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length > 0 ? concatBytes([this.#rest, chunk]) : chunk
    let at = 0
    for (;;) {
      const taken = this.#take(bytes.subarray(at))
      at += taken
      if (taken === 0 || (at === bytes.length && this.#reading.what === 'next')) break
    }
    this.#rest = at === bytes.length ? new Uint8Array() : detached(bytes.slice(at))
  }

  /** @returns how many bytes it could use; 0: it needs more of them */
  #take(bytes: Uint8Array): number {
    const reading = this.#reading
    if (reading.what === 'next') return this.#next(bytes)
    if (reading.what === 'skip') {
      const taken = Math.min(reading.left, bytes.length)
      reading.left -= taken
      if (reading.left === 0) this.#reading = { what: 'next' }
      return taken
    }
    const taken = Math.min(reading.bytes.length - reading.at, bytes.length)
    reading.bytes.set(bytes.subarray(0, taken), reading.at)
    reading.at += taken
    if (reading.at === reading.bytes.length) {
      this.#reading = { what: 'next' }
      this.#complete(reading.head, reading.bytes)
    }
    return taken
  }

  #next(bytes: Uint8Array): number {
    if (bytes.length === 0) return 0
    if (!this.#isOpen) return this.#open(bytes)
    if (bytes[0] === N) return this.#packet(bytes)
    if (!this.#heads) throw new NutError('a frame comes before the headers')
    const cursor = new NutCursor(bytes)
    const head = this.#heads.read(cursor)
    if (cursor.isShort || !head) {
      if (bytes.length > HEAD_BYTES) throw new NutError('the beginning of a frame is too long')
      return 0
    }
    this.#heads.passed(head)
    this.#begin(head)
    return cursor.at
  }

  #open(bytes: Uint8Array): number {
    const length = Math.min(bytes.length, FILE_ID.length)
    for (let i = 0; i < length; i++) if (bytes[i] !== FILE_ID[i]) throw new NutError('it is no NUT')
    this.#isOpen = length === FILE_ID.length
    return this.#isOpen ? length : 0
  }

  #begin(head: FrameHead): void {
    if (head.size > this.#frameBytes)
      throw new NutError(`a frame has ${head.size} bytes; at most ${this.#frameBytes} are allowed`)
    const stream = this.#streams.get(head.stream)
    if (!stream) throw new NutError('a frame belongs to a stream without a header')
    if (!stream.header.isVideo) this.#skip(head.size - head.elided.length)
    else {
      const bytes = new Uint8Array(head.size)
      bytes.set(head.elided)
      if (head.size > head.elided.length) this.#reading = { what: 'frame', head, bytes, at: head.elided.length }
      else this.#complete(head, bytes)
    }
  }

  #skip(left: number): void {
    if (left > 0) this.#reading = { what: 'skip', left }
  }

  #complete(head: FrameHead, whole: Uint8Array): void {
    const stream = this.#streams.get(head.stream)
    if (!stream) return
    const { header, times } = stream
    let bytes = whole
    if (head.hasSideData) {
      const side = readSideData(whole)
      bytes = whole.slice(side.end)
      if (side.configuration) this.#stream({ ...header, configuration: side.configuration })
    }
    // A frame without bytes only says that there is none at its time.
    if (bytes.length === 0) return
    const pts = microseconds(head.pts, header.timeBase)
    this.#listener.frame({ stream: head.stream, bytes, isKey: head.isKey, pts, dts: times.next(pts) })
  }

  #packet(bytes: Uint8Array): number {
    const kind = kindOf(bytes)
    if (!kind) {
      if (bytes.length < 8) return 0
      throw new NutError('a start code is not known')
    }
    const cursor = new NutCursor(bytes, 8)
    const size = cursor.number()
    if (size > LONG_PACKET) cursor.bytes(4)
    if (cursor.isShort) return 0
    if (size > LONG_PACKET && crc32(bytes.subarray(0, cursor.at)) !== 0) throw damaged(kind)
    if (kind === 'info' || kind === 'index') {
      this.#skip(size)
      return cursor.at
    }
    if (size < 4 || size > HEADER_BYTES) throw new NutError(`a header has ${size} bytes`)
    const content = cursor.bytes(size)
    if (cursor.isShort) return 0
    if (crc32(content) !== 0) throw damaged(kind)
    this.#header(kind, new NutCursor(content.subarray(0, -4)))
    return cursor.at
  }

  /** Headers come again from time to time; only what has changed counts. */
  #header(kind: 'main' | 'stream' | 'syncpoint', cursor: NutCursor): void {
    if (kind === 'main') {
      this.#main = readMainHeader(cursor)
      if (this.#heads) this.#heads.main = this.#main
      return
    }
    const main = this.#main
    if (!main) throw new NutError('a header comes before the main header')
    if (kind === 'stream') {
      this.#stream(readStreamHeader(cursor, main))
      return
    }
    if (this.#streams.size < main.streams) throw new NutError('a syncpoint comes before the headers')
    this.#heads ??= new FrameHeads(main, this.#streams)
    const time = cursor.number()
    if (cursor.isShort) throw damaged(kind)
    this.#heads.synchronise(time)
  }

  #stream(header: StreamHeader): void {
    const { id } = header
    const known = this.#streams.get(id)
    if (known) {
      const before = known.header
      known.header = header
      if (!header.isVideo || isSameVideo(header, before)) return
    } else {
      const times = new DecodeTimes()
      times.reorder(header.decodeDelay)
      this.#streams.set(id, { header, times })
    }
    const { isVideo, fourcc, configuration, width, height } = header
    if (isVideo) this.#listener.video({ id, fourcc, configuration, width, height })
  }
}

function isSameVideo(a: StreamHeader, b: StreamHeader): boolean {
  return (
    a.width === b.width &&
    a.height === b.height &&
    isSame(a.fourcc, b.fourcc) &&
    isSame(a.configuration, b.configuration)
  )
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

function kindOf(bytes: Uint8Array): PacketKind | undefined {
  if (bytes.length < 8) return undefined
  let code = ''
  for (const byte of bytes.subarray(0, 8)) code += byte.toString(16).padStart(2, '0')
  return KINDS.get(code)
}

const KINDS: ReadonlyMap<string, PacketKind> = new Map([
  [START_CODES.main, 'main'],
  [START_CODES.stream, 'stream'],
  [START_CODES.syncpoint, 'syncpoint'],
  [START_CODES.index, 'index'],
  [START_CODES.info, 'info'],
])

function damaged(kind: PacketKind): NutError {
  return new NutError(`the checksum of a header (${kind}) is wrong`)
}
