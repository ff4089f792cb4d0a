import { createDecipheriv } from 'node:crypto'
import type { HlsKey, HlsMap, HlsRange, HlsSegment } from '../../../wire/hls/playlist.ts'
import { CameraFailure } from '../camera-input.ts'
import type { PipedFormat } from '../ffmpeg/copy-from.ts'
import type { NextSegment } from './hls-playlists.ts'
import { addressIn, type HttpClient } from './http-client.ts'
import { isPassing } from './http-failures.ts'

/** A segment that was read. */
export interface ReadSegment {
  readonly segment: HlsSegment
  readonly bytes: Uint8Array
  readonly format: PipedFormat
  /** What comes before the first of its kind. */
  readonly map: Uint8Array | undefined
  readonly isContinuous: boolean
}

/**
 * Reads segments whole, and decrypts them. What cannot be had is left out; the next one is not continuous then.
 * @param most how many bytes each may have
 * @throws CameraFailure when several in a row are missing
 */
export async function* readSegments(
  segments: AsyncIterable<NextSegment>,
  client: HttpClient,
  most: number,
): AsyncGenerator<ReadSegment, void> {
  const reader = new SegmentReader(client, most)
  let missing = 0
  for await (const next of segments) {
    if (next.segment.isGap) {
      missing++
      continue
    }
    let read: ReadSegment
    try {
      read = await reader.read(next)
    } catch (error) {
      const mayPass = isPassing(error) || (error instanceof CameraFailure && error.problem === 'not-found')
      if (!mayPass || ++missing >= MOST_MISSING) throw error
      continue
    }
    yield missing === 0 ? read : { ...read, isContinuous: false }
    missing = 0
  }
}

const MOST_MISSING = 5

/**
 * Reads one ahead of who takes them, so that there is no pause between two.
 * @param values released in the end
 */
export async function* oneAhead<Value>(values: AsyncGenerator<Value, void>): AsyncGenerator<Value, void> {
  const ask = () => {
    const next = values.next()
    // It is told to whoever asks for it.
    next.catch(() => {})
    return next
  }
  let next = ask()
  try {
    for (;;) {
      const { value, done } = await next
      if (done) return
      next = ask()
      yield value
    }
  } finally {
    // Not waited for: it is read until its signal is aborted.
    values.return().catch(() => {})
  }
}

class SegmentReader {
  readonly #client: HttpClient
  readonly #most: number
  /** The last key and the last map, by their addresses: most segments have the same. */
  #key: Kept | undefined
  #map: Kept | undefined

  constructor(client: HttpClient, most: number) {
    this.#client = client
    this.#most = most
  }

  async read({ segment, base, isContinuous }: NextSegment): Promise<ReadSegment> {
    const { uri, range, key } = segment
    const content = await this.#fetch(addressIn(uri, base, 'A playlist'), range)
    const bytes = key ? await this.#decrypted(content, key, segment, base) : content
    const map = segment.map && (await this.#readMap(segment.map, base))
    return { segment, bytes, format: formatOf(bytes, map), map, isContinuous }
  }

  async #readMap({ uri, range }: HlsMap, base: URL): Promise<Uint8Array> {
    const url = addressIn(uri, base, 'A playlist')
    const name = `${url} ${range?.offset} ${range?.length}`
    if (this.#map?.name !== name) this.#map = { name, bytes: await this.#fetch(url, range) }
    return this.#map.bytes
  }

  async #decrypted(content: Uint8Array, key: HlsKey, { sequence }: HlsSegment, base: URL): Promise<Uint8Array> {
    const { method } = key
    if (method !== 'AES-128')
      throw new CameraFailure(
        'unsupported',
        `The video of the camera is encrypted in a way that is not known here (${/^[\w-]{1,40}$/.test(method) ? method : 'of no known name'}).`,
      )
    const url = addressIn(key.uri, base, 'A playlist')
    if (this.#key?.name !== url.href) this.#key = { name: url.href, bytes: await this.#fetch(url, undefined) }
    const { bytes } = this.#key
    if (bytes.length !== 16)
      throw new CameraFailure('protocol', 'The key for the video of the camera does not have 16 bytes.')
    try {
      const decipher = createDecipheriv('aes-128-cbc', bytes, key.iv ?? ivOf(sequence))
      return Buffer.concat([decipher.update(content), decipher.final()])
    } catch {
      throw new CameraFailure('protocol', 'The video of the camera cannot be decrypted with the key that it gives.')
    }
  }

  async #fetch(url: URL, range: HlsRange | undefined): Promise<Uint8Array> {
    const most = this.#most
    if (range && range.length > most)
      throw new CameraFailure('too-large', `The camera lists a segment of more than ${most} bytes.`)
    const answer = await this.#client.get(url, range)
    const bytes = await answer.bytes(most)
    // Who does not know ranges sends all.
    return range && answer.status !== 206 ? bytes.subarray(range.offset, range.offset + range.length) : bytes
  }
}

interface Kept {
  readonly name: string
  readonly bytes: Uint8Array
}

/** RFC 8216, section 5.2: the sequence number, big-endian. */
function ivOf(sequence: number): Uint8Array {
  const iv = new Uint8Array(16)
  new DataView(iv.buffer).setBigUint64(8, BigInt(sequence))
  return iv
}

function formatOf(bytes: Uint8Array, map: Uint8Array | undefined): PipedFormat {
  if (map || BOXES.has(Buffer.from(bytes.subarray(4, 8)).toString('latin1'))) return 'mov'
  if (bytes[0] === TS_SYNC) return 'mpegts'
  throw new CameraFailure(
    'no-video',
    'The segments that the camera lists are neither MPEG-TS nor MP4: they may have sound only.',
  )
}

/** The first of a packet of MPEG-TS (ISO/IEC 13818-1). */
const TS_SYNC = 0x47
/** With what segments of MP4 begin (ISO/IEC 14496-12). */
const BOXES: ReadonlySet<string> = new Set(['ftyp', 'styp', 'moof', 'sidx', 'emsg', 'prft'])
