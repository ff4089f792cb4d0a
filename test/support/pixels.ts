import { createCanvas, loadImage } from '@napi-rs/canvas'

/** A decoded picture, for reading single pixels. */
export class Pixels {
  readonly width: number
  readonly height: number
  readonly #data: Uint8ClampedArray

  private constructor(width: number, height: number, data: Uint8ClampedArray) {
    this.width = width
    this.height = height
    this.#data = data
  }

  /** Decodes a PNG, JPEG or WebP. */
  static async of(picture: Uint8Array): Promise<Pixels> {
    const image = await loadImage(picture)
    const { width, height } = image
    const context = createCanvas(width, height).getContext('2d')
    context.drawImage(image, 0, 0)
    return new Pixels(width, height, context.getImageData(0, 0, width, height).data)
  }

  /** Red, green and blue, each 0 to 255. */
  at(x: number, y: number): readonly [red: number, green: number, blue: number] {
    const i = 4 * (Math.round(y) * this.width + Math.round(x))
    return [this.#data[i] ?? 0, this.#data[i + 1] ?? 0, this.#data[i + 2] ?? 0]
  }

  /** The bounding box of all matching pixels; undefined if there are none. */
  extent(looksSo: (pixel: readonly [number, number, number]) => boolean): Extent | undefined {
    let found: Extent | undefined
    for (let y = 0; y < this.height; y++)
      for (let x = 0; x < this.width; x++) {
        if (!looksSo(this.at(x, y))) continue
        found ??= { left: x, top: y, right: x + 1, bottom: y + 1 }
        found = {
          left: Math.min(found.left, x),
          top: found.top,
          right: Math.max(found.right, x + 1),
          bottom: y + 1,
        }
      }
    return found
  }
}

/** A rectangle in pixels from the left and top; `right` and `bottom` are exclusive. */
export interface Extent {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}
