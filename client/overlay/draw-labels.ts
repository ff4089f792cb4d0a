import type { Fit } from './contain.ts'
import type { OverlayContext, PlacedBox } from './placed-box.ts'

/** The rectangle of a label on the canvas. */
export interface Chip {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** CSS pixels. */
const FONT_SIZE = 12
const CHIP_HEIGHT = 18
const PADDING = 5
const GAP = 2
const SMALL_BOX = 56
const NARROW = 520
/** The number of small boxes of one class above which they get no labels. */
const CROWD = 8
const INK = '#0b1013'

/**
 * Draws the boxes' labels ("Person 92 %") without overlaps: missing equipment first, then the largest boxes. If room is
 * short the confidence is dropped first, then the label. Many small boxes of one class get none: a row of cones is
 * recognized by its colour.
 */
export function drawLabels(
  context: OverlayContext,
  boxes: readonly PlacedBox[],
  fit: Fit,
  scale: number,
  nameOf: (className: string) => string = (name) => name,
): void {
  context.font = `600 ${FONT_SIZE * scale}px "Inter Variable", system-ui, sans-serif`
  context.textBaseline = 'middle'
  const taken: Chip[] = []
  // A label would cover a small box, such as a head or a hat.
  const small = boxes.filter(({ height }) => height < SMALL_BOX * scale)
  // On a phone there is no room for confidences.
  const hasConfidence = fit.width >= NARROW * scale
  // Stable sort: the boxes come sorted by size.
  const inOrder = boxes.toSorted((a, b) => Number(b.lineStyle.isDashed) - Number(a.lineStyle.isDashed))
  const crowds = crowdsOf(small)
  for (const each of inOrder) {
    if (crowds.has(each.box.class) && small.includes(each)) continue
    const name = cut(nameOf(each.box.class))
    const confidence = hasConfidence ? confidenceText(each.box.confidence) : undefined
    const others = small.filter((other) => other !== each)
    for (const text of confidence === undefined ? [name] : [`${name} ${confidence}`, name]) {
      const width = Math.ceil(context.measureText(text).width) + 2 * PADDING * scale
      const height = CHIP_HEIGHT * scale
      const chip =
        placeChip(each, width, height, GAP * scale, fit, [...taken, ...others]) ??
        placeChip(each, width, height, GAP * scale, fit, taken)
      if (!chip) continue
      taken.push(chip)
      drawChip(context, chip, text, each.lineStyle.colour, scale)
      break
    }
  }
}

/** The classes with too many small boxes to label each; missing equipment is always labelled. */
function crowdsOf(small: readonly PlacedBox[]): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const { box, lineStyle } of small)
    if (!lineStyle.isDashed) counts.set(box.class, (counts.get(box.class) ?? 0) + 1)
  return new Set([...counts].filter(([, count]) => count > CROWD).map(([name]) => name))
}

/**
 * Finds a free place for a label: above, beside or below the box, or in its upper corner; always inside the picture.
 * @returns undefined if none is free or the box is outside of the picture
 */
export function placeChip(
  { left, top, width: boxWidth, height: boxHeight }: Omit<PlacedBox, 'box' | 'lineStyle'>,
  width: number,
  height: number,
  gap: number,
  fit: Fit,
  taken: readonly Chip[],
): Chip | undefined {
  const right = fit.x + fit.width
  const bottom = fit.y + fit.height
  const isSeen = left < right && top < bottom && left + boxWidth > fit.x && top + boxHeight > fit.y
  if (!isSeen || width > fit.width || height > fit.height) return undefined
  const across = Math.min(Math.max(left, fit.x), right - width)
  const places = [
    [across, top - height - gap],
    [left + boxWidth + gap, Math.max(top, fit.y)],
    [left - width - gap, Math.max(top, fit.y)],
    [across, top + boxHeight + gap],
    [across, Math.max(top, fit.y) + gap],
  ] as const
  for (const [x, y] of places) {
    const isInside = x >= fit.x && x + width <= right && y >= fit.y && y + height <= bottom
    const chip = { left: x, top: y, width, height }
    if (isInside && !taken.some((other) => overlap(chip, other))) return chip
  }
  return undefined
}

function overlap(a: Chip, b: Chip): boolean {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height
}

function drawChip(context: OverlayContext, chip: Chip, text: string, colour: string, scale: number): void {
  context.beginPath()
  context.roundRect(Math.round(chip.left), Math.round(chip.top), chip.width, chip.height, 4 * scale)
  context.globalAlpha = 0.94
  context.fillStyle = colour
  context.fill()
  context.globalAlpha = 1
  context.fillStyle = INK
  context.fillText(text, Math.round(chip.left) + PADDING * scale, Math.round(chip.top) + chip.height / 2 + 0.5 * scale)
}

/** "92 %"; a value above 1 is a percentage already. */
function confidenceText(confidence: number | undefined): string | undefined {
  if (confidence === undefined || !(confidence >= 0 && confidence <= 100)) return undefined
  return `${Math.round(confidence <= 1 ? confidence * 100 : confidence)} %`
}

function cut(name: string): string {
  return name.length > 32 ? `${name.slice(0, 31)}…` : name
}
