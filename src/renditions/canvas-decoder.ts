import type { Canvas, Image } from '@napi-rs/canvas'
import type { ImageType, Size } from '../core/payload.ts'
import { STAGE_COLOUR } from '../core/stage-colour.ts'
import { withoutExif } from '../wire/exif.ts'
import { UndecodablePicture } from './scaler.ts'

/** A picture that was decoded with its alpha, before it is painted. */
export interface CanvasPicture {
  /** As it will be painted: not turned by its EXIF orientation. */
  readonly size: Size
  /** Writes the opaque pixels: 4 bytes each, row by row; what was transparent has the stage's colour. */
  paint(pixels: Uint8Array): void
}

/**
 * Decodes pictures with `@napi-rs/canvas`: PNG, WebP, and JPEGs that libjpeg-turbo's quick way cannot do (CMYK). The library
 * is loaded when it is needed first, since most threads only ever have JPEGs.
 */
export class CanvasDecoder {
  readonly #maxPixels: number
  #canvas: Canvas | undefined

  /** @param maxPixels of a picture, by its width and height as the library has read them */
  constructor(maxPixels: number) {
    this.#maxPixels = maxPixels
  }

  /** @throws UndecodablePicture */
  async decode(bytes: Uint8Array, mediaType: ImageType): Promise<CanvasPicture> {
    const library = await loadLibrary()
    const image = new library.Image()
    // It keeps what it is given, and decodes it in other threads; and it turns JPEGs and WebPs.
    image.src = Buffer.concat(withoutExif(bytes, mediaType))
    if (image.width * image.height > this.#maxPixels) throw new UndecodablePicture('this picture has too many pixels')
    try {
      await image.decode()
    } catch {
      throw new UndecodablePicture('this picture cannot be decoded')
    }
    const { width, height } = image
    if (width === 0 || height === 0) throw new UndecodablePicture('this picture cannot be decoded')
    this.#canvas ??= library.createCanvas(1, 1)
    const canvas = this.#canvas
    return { size: { width, height }, paint: (pixels) => paint(canvas, image, pixels) }
  }
}

function paint(canvas: Canvas, image: Image, pixels: Uint8Array): void {
  canvas.width = image.width
  canvas.height = image.height
  const context = canvas.getContext('2d')
  context.fillStyle = STAGE_COLOUR
  context.fillRect(0, 0, image.width, image.height)
  context.drawImage(image, 0, 0)
  const painted = canvas.data()
  pixels.set(painted)
  const lastAlpha = painted.at(-1)
  // It holds its memory for as long as it has the size.
  canvas.width = 1
  canvas.height = 1
  // So does the decoded picture, until the garbage is collected.
  image.src = new Uint8Array()
  if (lastAlpha !== OPAQUE) throw new UndecodablePicture('this picture cannot be decoded')
}

/** What the library leaves where it could decode nothing is transparent. */
const OPAQUE = 255

async function loadLibrary(): Promise<typeof import('@napi-rs/canvas')> {
  try {
    return await import('@napi-rs/canvas')
  } catch {
    throw new UndecodablePicture('this machine can decode pictures of this kind only in browsers')
  }
}
