import type { LineStyle } from './line-styles.ts'
import type { Box } from './shapes.ts'

/** A 2D canvas context, in the page or a worker. */
export type OverlayContext = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

/** A box with its rectangle on the canvas. */
export interface PlacedBox {
  readonly box: Box
  readonly lineStyle: LineStyle
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}
