import type { Context, Point } from './scene.ts'

/** Red, green, blue, each 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number]

/** The colour in CSS syntax. */
export function css([red, green, blue]: Colour, alpha = 1): string {
  return `rgba(${Math.round(red)},${Math.round(green)},${Math.round(blue)},${alpha})`
}

/** Interpolates between `a` (`t` = 0) and `b` (`t` = 1). */
export function blend(a: Colour, b: Colour, t: number): Colour {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

/** Makes a colour lighter (`by` above 1) or darker (below 1). */
export function lit([red, green, blue]: Colour, by: number): Colour {
  return [Math.min(red * by, 255), Math.min(green * by, 255), Math.min(blue * by, 255)]
}

/** Fills a polygon. */
export function fill(context: Context, points: readonly Point[], style: Context['fillStyle']): void {
  trace(context, points)
  context.closePath()
  context.fillStyle = style
  context.fill()
}

/** Draws a polyline with round caps and joins. */
export function stroke(context: Context, points: readonly Point[], style: Context['strokeStyle'], width: number): void {
  trace(context, points)
  context.strokeStyle = style
  context.lineWidth = width
  context.lineCap = 'round'
  context.lineJoin = 'round'
  context.stroke()
}

/** Fills an ellipse that is parallel to the picture's axes, or rotated by `angle` (radians). */
export function oval(
  context: Context,
  [x, y]: Point,
  [radiusX, radiusY]: Point,
  style: Context['fillStyle'],
  angle = 0,
): void {
  context.beginPath()
  context.ellipse(x, y, Math.max(radiusX, 0), Math.max(radiusY, 0), angle, 0, 2 * Math.PI)
  context.fillStyle = style
  context.fill()
}

/** Draws a radial glow that fades out. */
export function glow(context: Context, [x, y]: Point, radius: number, colour: Colour, alpha: number): void {
  const gradient = context.createRadialGradient(x, y, 0, x, y, radius)
  gradient.addColorStop(0, css(colour, alpha))
  gradient.addColorStop(0.35, css(colour, alpha * 0.38))
  gradient.addColorStop(1, css(colour, 0))
  context.fillStyle = gradient
  context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius)
}

/** A vertical gradient; colour stops are from 0 (top) to 1 (bottom). */
export function vertical(
  context: Context,
  top: number,
  bottom: number,
  colours: readonly (readonly [share: number, colour: string])[],
): Context['fillStyle'] {
  const gradient = context.createLinearGradient(0, top, 0, bottom)
  for (const [share, colour] of colours) gradient.addColorStop(share, colour)
  return gradient
}

/** Convex hull (Andrew's monotone chain), clockwise on the screen. */
export function hull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const half = (from: readonly Point[]) => {
    const chain: Point[] = []
    for (const point of from) {
      while (chain.length >= 2 && !turnsRight(chain.at(-2), chain.at(-1), point)) chain.pop()
      chain.push(point)
    }
    return chain.slice(0, -1)
  }
  return [...half(sorted), ...half(sorted.reverse())]
}

function turnsRight(a: Point | undefined, b: Point | undefined, c: Point): boolean {
  return a !== undefined && b !== undefined && (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0
}

function trace(context: Context, points: readonly Point[]): void {
  context.beginPath()
  for (const [x, y] of points) context.lineTo(x, y)
}
