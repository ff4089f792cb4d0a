import { EOI, isBare, isFrameHeader, markerAfter, SOS } from './jpeg-markers.ts'

/**
 * A picture with more scans is not decoded. Encoders make about ten; hundreds would keep a thread busy for minutes.
 */
export const MOST_SCANS = 32

/**
 * How many scans a decoder works through for a JPEG, each over the whole picture: 1 for a sequential one with all its
 * colours in one scan, else all that it has (progressive ones have about ten). A small file can have so many that they
 * keep a decoder busy for hours.
 * @param most counting ends there
 */
export function countScans(bytes: Uint8Array, most: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let scans = 0
  let colours = 0
  let isProgressive = false
  let at = 2
  while (scans < most) {
    at = markerAfter(view, scans === 0 ? at : nextMark(bytes, at))
    if (at + 3 > view.byteLength) break
    const marker = view.getUint8(at++)
    if (marker === EOI) break
    if (isBare(marker)) continue
    const length = view.getUint16(at)
    if (length < 3 || at + length > view.byteLength) break
    if (isFrameHeader(marker) && length >= 8) {
      colours = view.getUint8(at + 7)
      isProgressive = marker % 4 === 2
    }
    if (marker === SOS) {
      scans += 1
      if (!isProgressive && view.getUint8(at + 2) >= colours) break
    }
    at += length
  }
  return scans
}

/** The next FF: most of a file is picture data, and this is the fast way through it. */
function nextMark(bytes: Uint8Array, from: number): number {
  const at = bytes.indexOf(0xff, from)
  return at < 0 ? bytes.length : at
}
