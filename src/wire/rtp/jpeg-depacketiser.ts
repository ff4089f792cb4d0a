import { concatBytes } from '../../core/concat-bytes.ts'
import { isSameSize, type Size } from '../../core/payload.ts'
import type { Depacketiser, DepacketiserParts, RtpTrack } from './depacketiser.ts'
import { jpegHeader } from './jpeg-file.ts'
import { quantisationTables } from './jpeg-tables.ts'
import { RtpError } from './rtp-error.ts'
import type { RtpPacket } from './rtp-packet.ts'

/** JPEG over RTP (RFC 2435): baseline, with the scan in the packets and the rest of the file in numbers. */
export class JpegDepacketiser implements Depacketiser {
  readonly #size: Size | undefined
  readonly #parts: DepacketiserParts
  /** By quality, 128 to 254: tables that are sent once. */
  readonly #tables = new Map<number, readonly Uint8Array[]>()
  #picture: Picture | undefined
  #track: RtpTrack | undefined

  /** @param size from the session's description, for pictures that are too large for the 8 bits of each packet */
  constructor(size: Size | undefined, parts: DepacketiserParts) {
    this.#size = size
    this.#parts = parts
  }

  take({ payload, timestamp, marker }: RtpPacket, lost: number): void {
    if (this.#picture && (lost > 0 || this.#picture.timestamp !== timestamp)) this.#drop()
    const header = readHeader(payload)
    if (!header) return
    if (header.offset === 0) this.#begin(header, timestamp)
    const picture = this.#picture
    if (!picture || picture.length !== header.offset) {
      this.#drop()
      return
    }
    // A copy, as the packet's memory is used again.
    const part = new Uint8Array(header.data)
    picture.scan.push(part)
    picture.length += part.length
    if (picture.length > this.#parts.maxBytes || picture.scan.length > MOST_PARTS)
      throw new RtpError(
        'too-large',
        `The camera sends a picture of more than ${this.#parts.maxBytes} bytes; set a smaller picture or a lower quality at the camera.`,
      )
    if (marker) this.#end(picture)
  }

  #begin(header: JpegPacket, timestamp: number): void {
    const kind = header.type & 0x3f
    if (kind > 1 || header.type > 127)
      throw new RtpError('codec', `The camera sends JPEGs of a kind that is not known (type ${header.type}).`)
    const size = header.size ?? this.#size
    if (!size) throw new RtpError('protocol', 'The camera does not say how large its JPEGs are.')
    const tables = this.#tablesOf(header)
    if (!tables) return
    const file = { size, halvesRows: kind === 1, tables, restartInterval: header.restartInterval }
    this.#picture = { timestamp, size, scan: jpegHeader(file), length: 0 }
  }

  #tablesOf({ quality, tables }: JpegPacket): readonly Uint8Array[] | undefined {
    if (quality < 128) return quantisationTables(quality)
    // 255: the next picture may have others.
    if (tables.length > 0 && quality < 255) this.#tables.set(quality, tables)
    return tables.length > 0 ? tables : this.#tables.get(quality)
  }

  #end({ scan, size, timestamp }: Picture): void {
    this.#picture = undefined
    if (!this.#track?.size || !isSameSize(this.#track.size, size))
      this.#track = { codec: 'mjpeg', size, configuration: new Uint8Array(), reordered: 0 }
    const last = scan.at(-1)
    const hasEnd = last?.at(-2) === 0xff && last.at(-1) === 0xd9
    const bytes = concatBytes(hasEnd ? scan : [...scan, END])
    this.#parts.unit({ bytes, isKey: true, timestamp, track: this.#track })
  }

  #drop(): void {
    if (this.#picture) this.#parts.dropped()
    this.#picture = undefined
  }
}

/** What has come of a picture. */
interface Picture {
  readonly timestamp: number
  readonly size: Size
  readonly scan: Uint8Array[]
  /** Of the scan, bytes. */
  length: number
}

/** What a packet holds. */
interface JpegPacket {
  /** Where its data belong in the scan. */
  readonly offset: number
  readonly type: number
  readonly quality: number
  /** Undefined if it is too large to be said here. */
  readonly size: Size | undefined
  readonly restartInterval: number
  /** Those that it brings. */
  readonly tables: readonly Uint8Array[]
  readonly data: Uint8Array
}

function readHeader(payload: Uint8Array): JpegPacket | undefined {
  if (payload.length < 8) return undefined
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const offset = view.getUint32(0) & 0xffffff
  const type = view.getUint8(4)
  const quality = view.getUint8(5)
  const size = { width: view.getUint8(6) * 8, height: view.getUint8(7) * 8 }
  let at = 8
  let restartInterval = 0
  if (type >= 64 && type < 128) {
    if (payload.length < at + 4) return undefined
    restartInterval = view.getUint16(at)
    at += 4
  }
  let tables: Uint8Array[] = []
  if (quality >= 128 && offset === 0) {
    if (payload.length < at + 4) return undefined
    const length = view.getUint16(at + 2)
    if (payload.length < at + 4 + length) return undefined
    tables = readTables(new Uint8Array(payload.subarray(at + 4, at + 4 + length)), view.getUint8(at + 1))
    at += 4 + length
  }
  const isSized = size.width > 0 && size.height > 0
  return {
    offset,
    type,
    quality,
    size: isSized ? size : undefined,
    restartInterval,
    tables,
    data: payload.subarray(at),
  }
}

/** @param precision a bit for each table, the lowest for the first: whether its values have 16 bits */
function readTables(bytes: Uint8Array, precision: number): Uint8Array[] {
  const tables: Uint8Array[] = []
  for (let at = 0; at < bytes.length && tables.length < 2; ) {
    const length = (precision & (1 << tables.length)) !== 0 ? 128 : 64
    if (at + length > bytes.length) break
    tables.push(bytes.subarray(at, at + length))
    at += length
  }
  return tables
}

const END = new Uint8Array([0xff, 0xd9])
/** Packets of one picture, which small ones must not make too many. */
const MOST_PARTS = 65_536
