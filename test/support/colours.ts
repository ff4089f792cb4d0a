import { createCanvas } from '@napi-rs/canvas'

/** A picture's width and height in pixels. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** Red, green and blue, each 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** An encoded picture of one colour. */
export function plain([red, green, blue]: Rgb, type: 'png' | 'jpeg' | 'webp' = 'png', size = SMALL): Uint8Array {
  return painted(size, [{ colour: [red, green, blue], x: 0, y: 0, ...size }], type)
}

/** An encoded picture of plain rectangles on black. */
export function painted(
  { width, height }: PictureSize,
  rectangles: readonly (PictureSize & { readonly colour: Rgb; readonly x: number; readonly y: number })[],
  type: 'png' | 'jpeg' | 'webp' = 'png',
): Uint8Array {
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.fillStyle = 'black'
  context.fillRect(0, 0, width, height)
  for (const { colour, x, y, ...size } of rectangles) {
    context.fillStyle = `rgb(${colour.join(' ')})`
    context.fillRect(x, y, size.width, size.height)
  }
  return type === 'png' ? canvas.encodeSync('png') : canvas.encodeSync(type, 95)
}

/** A picture that encodes a number, 0 to 4095, as its colour; lossless, so that it can be read back from the screen. */
export function numbered(n: number): Uint8Array {
  return plain([(n & 15) * 16 + 8, ((n >> 4) & 15) * 16 + 8, ((n >> 8) & 15) * 16 + 8])
}

/** Decodes the number from a pixel of such a picture. */
export function numberOf([red = 0, green = 0, blue = 0]: readonly number[]): number {
  return (red >> 4) | ((green >> 4) << 4) | ((blue >> 4) << 8)
}

const SMALL: PictureSize = { width: 64, height: 48 }
