import type { LineStyle } from './line-styles.ts'
import type { Box } from './shapes.ts'

/** What can be drawn on, in a page or a worker. */
export type OverlayContext = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

/** A box with its corners on the canvas. */
export interface PlacedBox {
  readonly box: Box
  readonly lineStyle: LineStyle
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}
