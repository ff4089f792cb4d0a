import type { Cat } from './door-plan.ts'
import { CAMERA } from './door-view.ts'
import { type Colour, css, fill, lit, oval, stroke } from './draw.ts'
import type { Context, Point } from './scene.ts'

const FUR: Colour = [214, 138, 74]
const BELLY: Colour = [246, 222, 190]
/** Metres from the door. */
const DISTANCE = 3.7

/** Draws the cat with its shadow. */
export function paintCat(context: Context, { x, heading, isSitting, stride, tail }: Cat): void {
  const [px, foot] = CAMERA.project([x, 0, DISTANCE])
  const metre = CAMERA.scale(DISTANCE) * 1.25
  oval(context, [px, foot], [metre * (isSitting ? 0.17 : 0.28), metre * 0.04], 'rgba(30,16,14,0.45)')
  context.save()
  context.translate(px, foot)
  context.scale(metre * heading, metre)
  if (isSitting) sitting(context, tail)
  else walking(context, stride, tail)
  context.restore()
}

function sitting(context: Context, tail: number): void {
  stroke(
    context,
    [
      [0.1, -0.03],
      [0.2, -0.035],
      [0.25 + 0.02 * tail, -0.06 - 0.03 * tail],
    ],
    css(lit(FUR, 0.82)),
    0.04,
  )
  const coat = context.createLinearGradient(-0.12, 0, 0.14, 0)
  coat.addColorStop(0, css(lit(FUR, 1.08)))
  coat.addColorStop(1, css(lit(FUR, 0.66)))
  context.beginPath()
  context.moveTo(-0.08, 0)
  context.bezierCurveTo(-0.15, -0.08, -0.08, -0.2, -0.05, -0.27)
  context.lineTo(0.05, -0.27)
  context.bezierCurveTo(0.08, -0.2, 0.17, -0.1, 0.1, 0)
  context.closePath()
  context.fillStyle = coat
  context.fill()
  oval(context, [-0.005, -0.16], [0.042, 0.085], css(BELLY, 0.9))
  for (const side of [-0.035, 0.035])
    stroke(
      context,
      [
        [side, -0.12],
        [side, -0.012],
      ],
      css(lit(FUR, 1.02)),
      0.036,
    )
  head(context, [0, -0.31])
}

function walking(context: Context, stride: number, tail: number): void {
  const swing = Math.sin(stride * Math.PI)
  for (const [x, phase, light] of [
    [-0.13, -1, 0.62],
    [0.15, 1, 0.62],
    [-0.17, 1, 0.9],
    [0.12, -1, 0.9],
  ] as const)
    stroke(
      context,
      [
        [x, -0.14],
        [x + 0.045 * swing * phase, -0.012],
      ],
      css(lit(FUR, light)),
      0.036,
    )
  stroke(
    context,
    [
      [-0.2, -0.2],
      [-0.3, -0.27],
      [-0.31 + 0.02 * tail, -0.38],
      [-0.27 + 0.03 * tail, -0.42],
    ],
    css(lit(FUR, 0.85)),
    0.034,
  )
  const coat = context.createLinearGradient(0, -0.26, 0, -0.1)
  coat.addColorStop(0, css(lit(FUR, 1.1)))
  coat.addColorStop(1, css(lit(FUR, 0.68)))
  oval(context, [0, -0.185], [0.23, 0.078], coat)
  for (const stripe of [-0.1, -0.03, 0.04])
    stroke(
      context,
      [
        [stripe, -0.255],
        [stripe - 0.01, -0.2],
      ],
      css(lit(FUR, 0.62), 0.7),
      0.014,
    )
  head(context, [0.24, -0.27])
}

function head(context: Context, [x, y]: Point): void {
  for (const side of [-1, 1])
    fill(
      context,
      [
        [x + side * 0.075, y - 0.02],
        [x + side * 0.062, y - 0.115],
        [x + side * 0.012, y - 0.06],
      ],
      css(lit(FUR, 0.92)),
    )
  oval(context, [x, y], [0.08, 0.068], css(lit(FUR, 1.06)))
  oval(context, [x, y + 0.026], [0.04, 0.03], css(BELLY, 0.95))
  for (const side of [-1, 1]) oval(context, [x + side * 0.032, y - 0.008], [0.0125, 0.014], '#2c2a18')
  oval(context, [x, y + 0.014], [0.009, 0.006], '#a8564a')
}
