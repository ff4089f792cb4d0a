import type { Fit } from './contain.ts'
import { visiblePart } from './cover.ts'
import { drawLabels } from './draw-labels.ts'
import { type LineStyle, lineStyleOf } from './line-styles.ts'
import type { OverlayChoice } from './overlay-choice.ts'
import type { OverlayContext, PlacedBox } from './placed-box.ts'
import type { Overlay, Polygon, Shape } from './shapes.ts'

/** Options of `drawOverlay`. */
export interface DrawOptions {
  readonly choice: OverlayChoice
  /** Device pixels per CSS pixel, so that lines and text have the same size on any picture. */
  readonly scale: number
  /** `none` for small tiles. */
  readonly labels: 'full' | 'none'
  /** Translates a class name; default: untranslated. */
  readonly nameOf?: (className: string) => string
}

/**
 * Draws shapes over the picture drawn at `fit`: polygons, then boxes, then labels. Lines have a dark halo, so that they
 * are visible on any background. Clips to the picture and restores the context.
 */
export function drawOverlay(context: OverlayContext, overlay: Overlay, fit: Fit, options: DrawOptions): void {
  const shapes = options.choice.isOn ? overlay.shapes.filter((shape) => isChosen(shape, options.choice)) : []
  if (shapes.length === 0 || fit.width === 0 || fit.height === 0) return
  const { scale } = options
  const toX = fit.width / overlay.size.width
  const toY = fit.height / overlay.size.height
  context.save()
  context.beginPath()
  context.rect(fit.x, fit.y, fit.width, fit.height)
  context.clip()
  context.lineJoin = 'round'
  context.lineCap = 'butt'
  const boxes: PlacedBox[] = []
  for (const shape of shapes) {
    const lineStyle = lineStyleOf(shape)
    if (shape.kind !== 'boxes') {
      drawPolygon(context, shape, lineStyle, fit, toX, toY, scale)
      continue
    }
    const left = fit.x + shape.x1 * toX
    const top = fit.y + shape.y1 * toY
    boxes.push({
      box: shape,
      lineStyle,
      left,
      top,
      width: (shape.x2 - shape.x1) * toX,
      height: (shape.y2 - shape.y1) * toY,
    })
  }
  // Large boxes first, so that a person's line does not hide the hat.
  boxes.sort((a, b) => b.width * b.height - a.width * a.height)
  for (const each of boxes) drawBox(context, each, scale, options.labels === 'full')
  // Where they can be seen: a picture may be larger than its canvas.
  if (options.labels === 'full') drawLabels(context, boxes, visiblePart(fit, context.canvas), scale, options.nameOf)
  context.restore()
}

/** Whether the user's choice includes a shape. */
export function isChosen(shape: Shape, { hiddenKinds, hiddenClasses }: OverlayChoice): boolean {
  if (hiddenKinds.includes(shape.kind)) return false
  return shape.kind !== 'boxes' || !hiddenClasses.includes(shape.class)
}

const HALO = 'rgb(5 8 10 / 55%)'
/** CSS pixels. */
const LINE = 1.5
const HALO_LINE = 3.5
const CORNER_LINE = 3
const DASH = 5

function drawPolygon(
  context: OverlayContext,
  { points }: Polygon,
  { colour }: LineStyle,
  fit: Fit,
  toX: number,
  toY: number,
  scale: number,
): void {
  context.beginPath()
  for (const [x, y] of points) context.lineTo(fit.x + x * toX, fit.y + y * toY)
  context.closePath()
  context.globalAlpha = 0.16
  context.fillStyle = colour
  context.fill()
  context.globalAlpha = 1
  strokeWithHalo(context, colour, scale)
}

function drawBox(context: OverlayContext, placed: PlacedBox, scale: number, withCorners: boolean): void {
  const { left, top, width, height, lineStyle } = placed
  const least = Math.min(width, height)
  context.beginPath()
  context.roundRect(left, top, width, height, Math.min(3 * scale, least / 4))
  if (lineStyle.isDashed) context.setLineDash([DASH * scale, (DASH - 1.5) * scale])
  strokeWithHalo(context, lineStyle.colour, scale)
  if (lineStyle.isDashed) context.setLineDash([])
  // On small boxes the corners are shorter, or they would be the whole line.
  const arm = Math.min(14 * scale, least / 4)
  if (!withCorners || least < 28 * scale) return
  context.beginPath()
  addCorner(context, left, top, arm, arm)
  addCorner(context, left + width, top, -arm, arm)
  addCorner(context, left + width, top + height, -arm, -arm)
  addCorner(context, left, top + height, arm, -arm)
  context.lineWidth = CORNER_LINE * scale
  context.stroke()
}

function addCorner(context: OverlayContext, x: number, y: number, armX: number, armY: number): void {
  context.moveTo(x, y + armY)
  context.lineTo(x, y)
  context.lineTo(x + armX, y)
}

function strokeWithHalo(context: OverlayContext, colour: string, scale: number): void {
  context.strokeStyle = HALO
  context.lineWidth = HALO_LINE * scale
  context.stroke()
  context.strokeStyle = colour
  context.lineWidth = LINE * scale
  context.stroke()
}
