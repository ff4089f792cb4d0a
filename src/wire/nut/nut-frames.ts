import { crc32 } from './crc32.ts'
import type { NutCursor } from './nut-cursor.ts'
import { NutError } from './nut-error.ts'
import { FLAGS } from './nut-format.ts'
import type { MainHeader, StreamHeader } from './nut-headers.ts'
import { nearest, rescaled } from './nut-times.ts'

/** The beginning of a frame, without its bytes. */
export interface FrameHead {
  readonly stream: number
  readonly isKey: boolean
  readonly hasSideData: boolean
  /** When it is to be shown, in the time base of its stream. */
  readonly pts: number
  /** How long the frame is, with what is left out of it. */
  readonly size: number
  /** What it begins with and was left out. */
  readonly elided: Uint8Array
}

/** How many reserved numbers a frame may have. */
const MOST_RESERVED = 64
/** Frames that are longer have nothing left out. */
const ELIDED_BELOW = 4096

/** Reads the beginnings of frames, whose times are told by those before them. */
export class FrameHeads {
  main: MainHeader
  readonly #streams: ReadonlyMap<number, { readonly header: StreamHeader }>
  /** The last time of each stream, in its time base. */
  readonly #last = new Map<number, number>()

  /** @param streams the headers of all streams */
  constructor(main: MainHeader, streams: ReadonlyMap<number, { readonly header: StreamHeader }>) {
    this.main = main
    this.#streams = streams
  }

  /** A syncpoint gives all streams a common time. @param time with the number of its time base in it */
  synchronise(time: number): void {
    const { timeBases } = this.main
    const base = timeBases[time % timeBases.length]
    if (!base) throw new NutError('a syncpoint has no time base')
    const ticks = Math.floor(time / timeBases.length)
    for (const [id, { header }] of this.#streams) this.#last.set(id, rescaled(ticks, base, header.timeBase))
  }

  /** @returns undefined if the bytes do not reach, or the cursor is short. @throws NutError if it is damaged */
  read(cursor: NutCursor): FrameHead | undefined {
    const code = this.main.frameCodes[cursor.byte()]
    if (!code || code.flags & FLAGS.invalid) throw new NutError('a frame code is not known')
    const flags = code.flags & FLAGS.coded ? code.flags ^ cursor.number() : code.flags
    const stream = flags & FLAGS.streamId ? cursor.number() : code.stream
    const coded = flags & FLAGS.codedPts ? cursor.number() : undefined
    const sizeMsb = flags & FLAGS.sizeMsb ? cursor.number() : 0
    if (flags & FLAGS.matchTime) cursor.signed()
    const headerIndex = flags & FLAGS.headerIndex ? cursor.number() : code.header
    const reserved = flags & FLAGS.reserved ? cursor.number() : code.reserved
    if (reserved > MOST_RESERVED) throw new NutError('the beginning of a frame is too long')
    for (let i = 0; i < reserved; i++) cursor.number()
    const end = cursor.at
    const hasChecksum = (flags & FLAGS.checksum) > 0
    const checksum = hasChecksum ? cursor.bytes(4) : undefined
    if (cursor.isShort) return undefined
    if (checksum && crc32(cursor.upTo(end + 4)) !== 0) throw new NutError('the checksum of a frame is wrong')
    const size = code.sizeLsb + code.sizeMul * sizeMsb
    if (!Number.isSafeInteger(size)) throw new NutError('a frame is too large')
    const elided = this.#elided(headerIndex, size)
    return {
      stream,
      isKey: (flags & FLAGS.key) > 0,
      hasSideData: (flags & FLAGS.sideData) > 0,
      pts: this.#pts(stream, coded, code.ptsDelta),
      size,
      elided,
    }
  }

  /** To be told of each frame that was read. */
  passed({ stream, pts }: FrameHead): void {
    this.#last.set(stream, pts)
  }

  #elided(index: number, size: number): Uint8Array {
    const elided = this.main.elided[index]
    if (!elided) throw new NutError('an elision header is not known')
    if (size > ELIDED_BELOW) return EMPTY
    if (size < elided.length) throw new NutError('a frame is shorter than what is left out of it')
    return elided
  }

  #pts(stream: number, coded: number | undefined, delta: number): number {
    const header = this.#streams.get(stream)?.header
    const last = this.#last.get(stream)
    if (!header || last === undefined) throw new NutError('a frame belongs to a stream without a header')
    if (coded === undefined) return last + delta
    const range = 2 ** header.msbPtsShift
    return coded < range ? nearest(coded, last, header.msbPtsShift) : coded - range
  }
}

const EMPTY = new Uint8Array()
