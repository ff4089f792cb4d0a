import { EOI, isBare, SOI } from './jpeg-markers.ts'

/**
 * Finds where a JPEG ends that comes in pieces, as soon as its end marker is there: thumbnails lie within segments, and in
 * picture data FF is followed by zero or a restart marker (T.81, B.1.1.5). Whether it is a good one is for `readImage`.
 */
export class JpegEnd {
  #state: 'data' | 'marker' | 'length' | 'segment' = 'data'
  /** Of the length: what is known of it, and how many of its bytes are to come. Of the segment: how much is to come. */
  #length = 0
  #missing = 0

  /** @returns where in this piece it ends, exclusive; undefined if it goes on */
  push(bytes: Uint8Array): number | undefined {
    let at = 0
    while (at < bytes.length) {
      if (this.#state === 'data') {
        const next = bytes.indexOf(0xff, at)
        if (next < 0) return undefined
        at = next + 1
        this.#state = 'marker'
      } else if (this.#state === 'segment') {
        const skipped = Math.min(this.#missing, bytes.length - at)
        at += skipped
        this.#missing -= skipped
        if (this.#missing === 0) this.#state = 'data'
      } else if (this.#take(bytes[at++] ?? 0)) return at
    }
    return undefined
  }

  /** A byte of a marker or of a length. @returns whether it is the last one of the JPEG */
  #take(byte: number): boolean {
    if (this.#state === 'length') {
      this.#length = this.#length * 256 + byte
      if (--this.#missing > 0) return false
      // It counts itself. What has a length that cannot be is searched for the next marker.
      this.#missing = Math.max(0, this.#length - 2)
      this.#state = this.#missing > 0 ? 'segment' : 'data'
    } else if (byte === EOI) return true
    else if (byte === 0 || byte === SOI || isBare(byte)) this.#state = 'data'
    else if (byte !== 0xff) {
      this.#state = 'length'
      this.#length = 0
      this.#missing = 2
    }
    return false
  }
}
