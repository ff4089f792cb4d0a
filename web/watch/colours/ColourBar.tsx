import { useEffect, useRef } from 'react'
import { COLOURS, colourTable } from '../../../src/core/colour-tables.ts'
import type { Colormap } from '../../../src/core/colouring.ts'

/** All colours of a colour map from left to right, for the eyes only. The style sheet says how large. */
export function ColourBar({ colormap, className }: { colormap: Colormap; className: string | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const pixels = new Uint8ClampedArray(colourTable(colormap).slice().buffer)
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, COLOURS, 1), 0, 0)
  }, [colormap])
  return <canvas ref={canvas} width={COLOURS} height={1} className={className} aria-hidden />
}
