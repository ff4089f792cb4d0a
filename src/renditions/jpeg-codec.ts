import jpegTurbo from '@julusian/jpeg-turbo'
import type { Size } from '../core/payload.ts'
import type { Pixels } from './resampler.ts'

/** How a JPEG was decoded: `damaged` when something is wrong with it and yet the whole picture was written. */
export type JpegResult = 'whole' | 'damaged' | 'not decoded'

/**
 * Decodes a JPEG into RGBA pixels. The library has one error for everything, "No error" even for what libjpeg only warns of
 * and decodes all the same, so the pixels tell: they are opaque where they were written, from top to bottom.
 * @param pixels of the size that the JPEG's header gives; they may hold anything before
 */
export function decodeJpeg(bytes: Uint8Array, { data }: Pixels): JpegResult {
  const last = data.length - 1
  data[last] = 0
  try {
    jpegTurbo.decompressSync(bufferOf(bytes), data, { format: jpegTurbo.FORMAT_RGBA })
    return 'whole'
  } catch {
    return data[last] === 255 ? 'damaged' : 'not decoded'
  }
}

/**
 * How finely a JPEG has colours: one for each pixel (4:4:4), or for four of them (4:2:0), which nobody sees in photographs,
 * and which takes less time. Where colours stand for values each has to have its own: of a line as wide as a pixel only the
 * brightness would be left, and in `jet` the highest and the lowest value are equally bright.
 */
export type ChromaSampling = '4:4:4' | '4:2:0'

/** How much memory `encodeJpeg` needs to write a picture of this size. */
export function jpegBound({ width, height }: Size, chroma: ChromaSampling): number {
  return jpegTurbo.bufferSize({ width, height, subsampling: subsamplingOf(chroma) })
}

/**
 * Encodes pixels as a JPEG.
 * @param quality 1 to 100
 * @param memory to write to, of at least `jpegBound`
 * @returns a copy in memory of its own
 */
export function encodeJpeg(
  { data, width, height }: Pixels,
  quality: number,
  chroma: ChromaSampling,
  memory: Buffer,
): Uint8Array<ArrayBuffer> {
  const { FORMAT_RGBA: format } = jpegTurbo
  const subsampling = subsamplingOf(chroma)
  return new Uint8Array(jpegTurbo.compressSync(data, memory, { format, width, height, subsampling, quality }))
}

/**
 * Encodes gray pixels as a JPEG of one component, in less than half the time.
 * @param pixels red, green and blue of each are the same
 * @param quality 1 to 100
 * @param memory to write to, of at least `jpegBound` of either sampling
 * @returns a copy in memory of its own
 */
export function encodeGrayJpeg(
  { data, width, height }: Pixels,
  quality: number,
  memory: Buffer,
): Uint8Array<ArrayBuffer> {
  const { FORMAT_RGBA: format, SAMP_GRAY: subsampling } = jpegTurbo
  return new Uint8Array(jpegTurbo.compressSync(data, memory, { format, width, height, subsampling, quality }))
}

function subsamplingOf(chroma: ChromaSampling) {
  return chroma === '4:4:4' ? jpegTurbo.SAMP_444 : jpegTurbo.SAMP_420
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
