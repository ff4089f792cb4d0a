import type { NutCursor } from './nut-cursor.ts'
import { NutError } from './nut-error.ts'
import { FLAGS, N } from './nut-format.ts'

/** A fraction of a second, the unit of times. */
export interface TimeBase {
  readonly num: number
  readonly den: number
}

/** What the first byte of a frame stands for. */
export interface FrameCode {
  /** Of `FLAGS`. */
  readonly flags: number
  readonly ptsDelta: number
  readonly stream: number
  readonly sizeMul: number
  readonly sizeLsb: number
  readonly reserved: number
  readonly header: number
}

/** What the main header says. */
export interface MainHeader {
  readonly streams: number
  readonly timeBases: readonly TimeBase[]
  /** 256 of them. */
  readonly frameCodes: readonly FrameCode[]
  /** Beginnings that are left out of frames (elision headers); the first one is empty. */
  readonly elided: readonly Uint8Array[]
}

/** What the header of a stream says. */
export interface StreamHeader {
  readonly id: number
  /** Of which kind it is; only of video there is more to tell. */
  readonly isVideo: boolean
  /** The name of its codec, 2 or 4 characters: "H264". */
  readonly fourcc: Uint8Array
  readonly timeBase: TimeBase
  readonly msbPtsShift: number
  /** How many frames a frame may be decoded before it is shown (B-frames). */
  readonly decodeDelay: number
  readonly configuration: Uint8Array
  /** Of video, else 0. */
  readonly width: number
  readonly height: number
}

/** How much a header may announce; `ffmpeg` has the same bounds or larger ones. */
const MOST = { streams: 256, timeBases: 256, elided: 128, elidedBytes: 1024, decodeDelay: 1000, ptsShift: 16 }
/** Versions 2 to 4 differ in nothing else that is read here. */
const VERSIONS = { least: 2, most: 4, withFlags: 4 }

/** @throws NutError if it is damaged or of a version that is not known */
export function readMainHeader(cursor: NutCursor): MainHeader {
  const version = cursor.number()
  if (version < VERSIONS.least || version > VERSIONS.most) throw new NutError(`NUT version ${version} is not known`)
  if (version >= VERSIONS.withFlags) cursor.number()
  const streams = within(cursor.number(), 1, MOST.streams, 'the number of streams')
  // How far apart syncpoints are: only for who seeks.
  cursor.number()
  const count = within(cursor.number(), 1, MOST.timeBases, 'the number of time bases')
  const timeBases = Array.from({ length: count }, () => ({
    num: within(cursor.number(), 1, 2 ** 31, 'a time base'),
    den: within(cursor.number(), 1, 2 ** 31, 'a time base'),
  }))
  const frameCodes = readFrameCodes(cursor, streams)
  const elided: Uint8Array[] = [new Uint8Array()]
  const headers = cursor.left > 0 ? within(cursor.number(), 0, MOST.elided, 'the number of elision headers') : 0
  for (let i = 0, bytes = 0; i < headers; i++) {
    const header = cursor.counted().slice()
    bytes += header.length
    within(bytes, 1, MOST.elidedBytes, 'the length of elision headers')
    elided.push(header)
  }
  complete(cursor)
  return { streams, timeBases, frameCodes, elided }
}

function readFrameCodes(cursor: NutCursor, streams: number): FrameCode[] {
  const codes: FrameCode[] = []
  let ptsDelta = 0
  let sizeMul = 1
  let stream = 0
  let header = 0
  while (codes.length < 256) {
    const flags = cursor.number()
    const fields = cursor.number()
    if (fields > 0) ptsDelta = cursor.signed()
    if (fields > 1) sizeMul = cursor.number()
    if (fields > 2) stream = within(cursor.number(), 0, streams - 1, 'the stream of a frame code')
    const sizeLsb = fields > 3 ? cursor.number() : 0
    const reserved = fields > 4 ? cursor.number() : 0
    const count = fields > 5 ? cursor.number() : sizeMul - sizeLsb
    // How far this stream's time is from another's, which nothing here needs.
    if (fields > 6) cursor.signed()
    if (fields > 7) header = cursor.number()
    for (let more = 8; more < fields && !cursor.isShort; more++) cursor.number()
    complete(cursor)
    const free = 256 - codes.length - (codes.length <= N ? 1 : 0)
    within(count, 1, free, 'the number of frame codes')
    for (let i = 0; i < count; i++) {
      if (codes.length === N) codes.push(INVALID)
      codes.push({ flags, ptsDelta, stream, sizeMul, sizeLsb: sizeLsb + i, reserved, header })
    }
    if (codes.length === N) codes.push(INVALID)
  }
  return codes
}

const INVALID: FrameCode = {
  flags: FLAGS.invalid,
  ptsDelta: 0,
  stream: 0,
  sizeMul: 1,
  sizeLsb: 0,
  reserved: 0,
  header: 0,
}

/** @throws NutError if it is damaged */
export function readStreamHeader(cursor: NutCursor, { streams, timeBases }: MainHeader): StreamHeader {
  const id = within(cursor.number(), 0, streams - 1, 'the number of a stream')
  const isVideo = cursor.number() === 0
  const fourcc = cursor.counted().slice()
  if (fourcc.length !== 2 && fourcc.length !== 4) throw new NutError('the codec of a stream has no name')
  const timeBase = timeBases[cursor.number()]
  if (!timeBase) throw new NutError('a stream has a time base that is not there')
  const msbPtsShift = within(cursor.number(), 0, MOST.ptsShift - 1, 'the length of a time')
  cursor.number()
  const decodeDelay = within(cursor.number(), 0, MOST.decodeDelay, 'the decoding delay')
  cursor.number()
  const configuration = cursor.counted().slice()
  const [width, height] = isVideo ? [cursor.number(), cursor.number()] : [0, 0]
  complete(cursor)
  return { id, isVideo, fourcc, timeBase, msbPtsShift, decodeDelay, configuration, width, height }
}

function within(value: number, least: number, most: number, what: string): number {
  if (value < least || value > most) throw new NutError(`${what} is ${value}`)
  return value
}

function complete(cursor: NutCursor): void {
  if (cursor.isShort) throw new NutError('a header is too short')
}
