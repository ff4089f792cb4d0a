import { SHADOW } from './camera.ts'
import { css, fill, oval, stroke } from './draw.ts'
import type { Box, Context, Point } from './scene.ts'
import { CAMERA, CONE_HEIGHT, CONES, onGround, POLE, POLE_HEIGHT, type Spot } from './site-view.ts'
import { WIDTH } from './thread-messages.ts'

/** Something static that people walk behind and in front of. */
export interface Fixture {
  /** Distance from the camera, metres. */
  readonly z: number
  readonly box: Box
  paint(context: Context): void
}

/** The cones and the pole. */
export const FIXTURES: readonly Fixture[] = [
  ...CONES.map((at) => ({ z: at[1], box: coneBox(at), paint: (context: Context) => paintCone(context, at) })),
  { z: POLE[1], box: poleBox(), paint: paintPole },
]

/** Draws the shadows of all fixtures. */
export function paintFixtureShadows(context: Context): void {
  for (const at of CONES) {
    const [x, y] = onGround(at)
    const half = CAMERA.scale(at[1]) * 0.2
    fill(context, [[x + half, y], [x - half, y], tip(at, CONE_HEIGHT)], css(SHADOW, 0.26))
  }
  stroke(context, [onGround(POLE), tip(POLE, POLE_HEIGHT)], css(SHADOW, 0.2), 5)
}

/** Bounding box of a cone. */
export function coneBox(at: Spot): Box {
  const [x, y] = onGround(at)
  const metre = CAMERA.scale(at[1])
  return [x - metre * 0.26, y - metre * CONE_HEIGHT, x + metre * 0.26, y + metre * 0.06]
}

/** Bounding box of the pole, without its wires. */
export function poleBox(): Box {
  const [x, y] = onGround(POLE)
  return [x - 4, poleTop()[1], x + 4, y]
}

/** Where the shadow of something of that height (metres) ends. */
function tip([x, z]: Spot, height: number): Point {
  return CAMERA.project(CAMERA.shadowOf([x, height, z]))
}

/** Draws a cone without its shadow. */
export function paintCone(context: Context, at: Spot): void {
  const [x, y] = onGround(at)
  const metre = CAMERA.scale(at[1])
  const [left, right] = [metre * 0.2, metre * 0.035]
  const top = metre * CONE_HEIGHT
  oval(context, [x, y], [metre * 0.26, metre * 0.07], '#a8401c')
  const light = context.createLinearGradient(x - left, 0, x + left, 0)
  light.addColorStop(0, '#b8431b')
  light.addColorStop(0.6, '#f2682a')
  light.addColorStop(1, '#ffa05a')
  fill(
    context,
    [
      [x - left, y],
      [x - right, y - top],
      [x + right, y - top],
      [x + left, y],
    ],
    light,
  )
  const band = (from: number, to: number): Point[] => {
    const half = (height: number) => left + (right - left) * height
    return [
      [x - half(from), y - top * from],
      [x - half(to), y - top * to],
      [x + half(to), y - top * to],
      [x + half(from), y - top * from],
    ]
  }
  fill(context, band(0.36, 0.6), 'rgba(255,250,240,0.92)')
}

function poleTop(): Point {
  return CAMERA.project([POLE[0], POLE_HEIGHT, POLE[1]])
}

/** Draws the utility pole without its shadow. */
export function paintPole(context: Context): void {
  const [x, y] = onGround(POLE)
  const [, top] = poleTop()
  for (const side of [-1, 1]) {
    context.beginPath()
    context.moveTo(x + side * 12, top + 8)
    context.quadraticCurveTo(x + 40, top + 26 + side * 3, WIDTH + 10, top - 6 + side * 6)
    context.moveTo(x + side * 12, top + 8)
    context.quadraticCurveTo(x - 30, top + 66, 470 + side * 4, 132)
    context.strokeStyle = 'rgba(52,44,48,0.6)'
    context.lineWidth = 1
    context.stroke()
  }
  const light = context.createLinearGradient(x - 4, 0, x + 4, 0)
  light.addColorStop(0, '#5a4638')
  light.addColorStop(1, '#b58c66')
  fill(
    context,
    [
      [x - 4, y],
      [x - 2.8, top],
      [x + 2.8, top],
      [x + 4, y],
    ],
    light,
  )
  stroke(
    context,
    [
      [x - 15, top + 10],
      [x + 15, top + 8],
    ],
    '#6d5443',
    3,
  )
  for (const side of [-12, 12]) oval(context, [x + side, top + 6], [1.8, 2.6], '#d9d2c4')
}
