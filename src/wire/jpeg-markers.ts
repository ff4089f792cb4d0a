/*
 * The markers of a JPEG: ITU-T T.81 (https://www.w3.org/Graphics/JPEG/itu-t81.pdf), table B.1.
 */

/** Start of image: the first two bytes, after FF. */
export const SOI = 0xd8
/** End of image. */
export const EOI = 0xd9
/** Quantisation tables. */
export const DQT = 0xdb
/** Start of a scan; picture data follows its segment. */
export const SOS = 0xda
/** The segment that EXIF is in. */
export const APP1 = 0xe1

/** Position of the next marker's code (the byte after any number of FF), skipping stray bytes as libjpeg does. */
export function markerAfter(view: DataView, from: number): number {
  const end = view.byteLength
  for (let at = from; at < end; at++) {
    while (at < end && view.getUint8(at) !== 0xff) at++
    while (at < end && view.getUint8(at) === 0xff) at++
    if (at < end && view.getUint8(at) !== 0) return at
  }
  return end
}

/** TEM and the restart markers have no payload; every other marker that occurs before the end is followed by a length. */
export function isBare(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)
}

/** SOF0 to SOF15, except DHT (C4), JPG (C8) and DAC (CC), which are in the same range. */
export function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}
