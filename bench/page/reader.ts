import type { CodeLayout } from '../lib/block-code.ts'

declare global {
  interface Window {
    /** What the benchmarks put into the page beside its own scripts. */
    bench: {
      /** The number that is drawn in the picture on a tile's canvas now; undefined if none can be read. */
      readonly codeOf: (canvas: HTMLCanvasElement) => number | undefined
      /** The tiles' canvases, in the wall's order. */
      readonly tiles: () => HTMLCanvasElement[]
      /** The same of the watch page's picture. */
      readonly largeCode: () => number | undefined
      /** The time of the next animation frame. */
      readonly nextFrame: () => Promise<number>
    }
  }
}

/**
 * Gives a page `window.bench`; for `page.addInitScript`, which takes the function's text, so that it knows nothing of
 * what is around it.
 */
export function installReader(layout: CodeLayout): void {
  const { bits, block, columns, rows, top } = layout
  /** Pixels of a block that are read, side by side. */
  const cell = 4
  const copy = new OffscreenCanvas(columns * cell, rows * cell)
  const context = copy.getContext('2d', { willReadFrequently: true })

  const read = (canvas: HTMLCanvasElement, size: { width: number; height: number }) => {
    if (!context || size.width === 0 || size.height === 0) return undefined
    // The whole picture, in the middle of the canvas.
    const scale = Math.min(size.width / layout.width, size.height / layout.height)
    const x = (size.width - layout.width * scale) / 2
    const y = (size.height - layout.height * scale) / 2 + top * scale
    context.clearRect(0, 0, copy.width, copy.height)
    const [width, height] = [columns * block * scale, rows * block * scale]
    context.drawImage(canvas, x, y, width, height, 0, 0, copy.width, copy.height)
    return decode(context.getImageData(0, 0, copy.width, copy.height).data)
  }
  const decode = (pixels: Uint8ClampedArray) => {
    /** How bright the middle of a block is, 0 to 255. */
    const brightness = (i: number) => {
      const [left, above] = [(i % columns) * cell + 1, Math.floor(i / columns) * cell + 1]
      const at = (x: number, y: number) => pixels[4 * ((above + y) * copy.width + left + x) + 1] ?? 0
      return (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4
    }
    const [white, black] = [brightness(0), brightness(1)]
    if (white - black < 128) return undefined
    const number = (from: number, count: number) => {
      let value = 0
      for (let i = from; i < from + count; i++) value = 2 * value + (brightness(i) > (white + black) / 2 ? 1 : 0)
      return value
    }
    const value = number(2, bits)
    return number(2 + bits, 4) === 15 - (value % 15) ? value : undefined
  }

  window.bench = {
    codeOf: (canvas) => read(canvas, canvas),
    tiles: () => [...document.querySelectorAll<HTMLCanvasElement>('a[data-kind] canvas')],
    largeCode() {
      const canvas = document.querySelector<HTMLCanvasElement>('section[data-kind] canvas')
      // It is handed whole bitmaps, of which its own width and height know nothing.
      return canvas ? read(canvas, layout) : undefined
    },
    nextFrame: () => new Promise((resolve) => requestAnimationFrame(resolve)),
  }
}
