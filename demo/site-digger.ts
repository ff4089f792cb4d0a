import type { Block, Place } from './camera.ts'
import { SHADOW } from './camera.ts'
import { type Colour, css, fill, lit, oval, stroke } from './draw.ts'
import { modulo } from './noise.ts'
import type { Context, Point } from './scene.ts'
import type { Digger } from './site-plan.ts'
import { CAMERA } from './site-view.ts'

const YELLOW: Colour = [243, 176, 38]
const DARK: Colour = [58, 54, 54]
const STEEL: Colour = [112, 106, 102]
const GLASS: Colour = [96, 128, 146]

const TRACK_LENGTH = 4
const TRACK_GAUGE = 2.1
const BOOM_LENGTH = 3.9
const STICK_LENGTH = 2.4
const BUCKET_LENGTH = 1.15

/** Draws the excavator and its shadow. */
export function paintDigger(context: Context, digger: Digger): void {
  const [near, farther] = tracks(digger)
  const { deck, weight, cab, roof } = upper(digger)
  CAMERA.shadow(context, { ...near, depth: TRACK_GAUGE + 0.6, at: [near.at[0], 0, digger.at[1]], height: 1 }, 0.2)
  CAMERA.shadow(context, { ...deck, height: 1.6 }, 0.17)
  const arm = armOf(digger)
  stroke(
    context,
    arm.map((place) => CAMERA.project(CAMERA.shadowOf(place))),
    css(SHADOW, 0.2),
    CAMERA.scale(digger.at[1]) * 0.4,
  )
  CAMERA.block(context, farther, DARK)
  CAMERA.block(context, { ...deck, at: [deck.at[0], 0.5, deck.at[2]], width: 1.5, depth: 1.5, height: 0.5 }, DARK)
  track(context, near, digger.driven)
  // Painter's algorithm: more distant parts are drawn first; the arm is between cab and counterweight.
  const isArmBehind = Math.sin(digger.yaw) > 0.1
  if (isArmBehind) paintArm(context, digger, arm)
  const parts: readonly { block: Block; colour: Colour }[] = [
    { block: weight, colour: lit(DARK, 1.15) },
    { block: deck, colour: YELLOW },
    { block: cab, colour: GLASS },
    { block: roof, colour: lit(YELLOW, 1.04) },
  ]
  const order = [...parts].sort((a, b) => b.block.at[2] - a.block.at[2] || a.block.at[1] - b.block.at[1])
  // The roof is on top of the cab, so it is drawn last, whatever its distance.
  for (const { block, colour } of order.filter(({ block }) => block !== roof)) CAMERA.block(context, block, colour)
  CAMERA.block(context, roof, lit(YELLOW, 1.04))
  shine(context, cab)
  if (!isArmBehind) paintArm(context, digger, arm)
}

/** Outline points of the excavator in the picture. */
export function diggerOutline(digger: Digger): Point[] {
  const { deck, weight, cab, roof } = upper(digger)
  const blocks = [...tracks(digger), deck, weight, cab, roof].flatMap((block) => CAMERA.outline(block))
  const margin = CAMERA.scale(digger.at[1]) * 0.16
  const arm = armOf(digger).map((place) => CAMERA.project(place))
  return [
    ...blocks,
    ...arm.flatMap(([x, y]): Point[] => [
      [x - margin, y - margin],
      [x + margin, y + margin],
    ]),
  ]
}

function tracks({ at: [x, z] }: Digger): [near: Block, far: Block] {
  const side = (offset: number): Block => ({ at: [x, 0, z + offset], width: TRACK_LENGTH, height: 0.85, depth: 0.55 })
  return [side(-TRACK_GAUGE / 2), side(TRACK_GAUGE / 2)]
}

function upper({ at, yaw }: Digger) {
  const turned = (right: number, up: number, away: number): Place => [
    at[0] + right * Math.cos(yaw) - away * Math.sin(yaw),
    up,
    at[1] + right * Math.sin(yaw) + away * Math.cos(yaw),
  ]
  const deck: Block = { at: turned(-0.45, 1, 0), width: 3, height: 0.85, depth: 2.3, yaw }
  const weight: Block = { at: turned(-2.1, 1, 0), width: 0.7, height: 1.15, depth: 2.3, yaw }
  const cab: Block = { at: turned(0.3, 1.85, 0.62), width: 1.4, height: 1.05, depth: 0.95, yaw }
  const roof: Block = { at: turned(0.3, 2.9, 0.62), width: 1.5, height: 0.12, depth: 1.05, yaw }
  return { deck, weight, cab, roof }
}

/** Joints of the arm: foot, bend and head of the boom, end of the stick, teeth of the bucket. */
function armOf({ at, yaw, boom, stick, bucket }: Digger): Place[] {
  const place = (out: number, up: number): Place => [at[0] + out * Math.cos(yaw), up, at[1] + out * Math.sin(yaw)]
  const points: [out: number, up: number][] = [[0.9, 1.7]]
  const go = (angle: number, length: number) => {
    const [out, up] = points.at(-1) ?? [0, 0]
    points.push([out + Math.cos(angle) * length, up + Math.sin(angle) * length])
  }
  go(boom + 0.34, BOOM_LENGTH * 0.46)
  go(boom - 0.26, BOOM_LENGTH * 0.58)
  go(stick, STICK_LENGTH)
  go(bucket, BUCKET_LENGTH)
  return points.map(([out, up]) => place(out, Math.max(up, -0.25)))
}

function paintArm(context: Context, { at }: Digger, arm: readonly Place[]): void {
  const [foot, bend, head, end, teeth] = arm.map((place) => CAMERA.project(place))
  if (!foot || !bend || !head || !end || !teeth) return
  const metre = CAMERA.scale(at[1])
  const paint = CAMERA.hazed(YELLOW, at[1])
  const steel = CAMERA.hazed(STEEL, at[1])
  // The hydraulic cylinder below the boom.
  stroke(context, [[foot[0], foot[1] + metre * 0.15], between(bend, head, 0.15)], css(lit(steel, 1.5)), metre * 0.12)
  stroke(context, [foot, bend, head], css(lit(paint, 0.72)), metre * 0.46)
  stroke(context, [foot, bend, head].map(up(metre * 0.07)), css(lit(paint, 1.02)), metre * 0.3)
  stroke(
    context,
    [between(bend, head, 0.3), between(head, end, 0.22)].map(up(metre * 0.3)),
    css(lit(steel, 1.5)),
    metre * 0.11,
  )
  stroke(context, [head, end], css(lit(paint, 0.7)), metre * 0.36)
  stroke(context, [head, end].map(up(metre * 0.05)), css(lit(paint, 0.96)), metre * 0.24)
  oval(context, head, [metre * 0.14, metre * 0.14], css(lit(steel, 0.7)))
  const [dx, dy] = [teeth[0] - end[0], teeth[1] - end[1]]
  const bowl: Point[] = [
    end,
    [end[0] + dx * 0.55 + dy * 0.5, end[1] + dy * 0.55 - dx * 0.5],
    [teeth[0] + dy * 0.42, teeth[1] - dx * 0.42],
    teeth,
    [end[0] + dx * 0.4, end[1] + dy * 0.4],
  ]
  fill(context, bowl, css(lit(steel, 0.62)))
  stroke(context, bowl.slice(0, 3), css(lit(steel, 0.95)), metre * 0.07)
  oval(context, end, [metre * 0.11, metre * 0.11], css(lit(steel, 0.55)))
}

function track(context: Context, block: Block, driven: number): void {
  CAMERA.block(context, block, DARK)
  const { at, width, depth, height } = block
  const z = at[2] - depth / 2
  const metre = CAMERA.scale(z)
  const steel = CAMERA.hazed(STEEL, z)
  for (let wheel = 0; wheel < 6; wheel++) {
    const centre = CAMERA.project([at[0] + (wheel / 5 - 0.5) * (width - 0.8), height * 0.45, z])
    oval(context, centre, [metre * 0.26, metre * 0.26], css(lit(steel, 0.62)))
    oval(context, centre, [metre * 0.12, metre * 0.12], css(lit(steel, 1.05)))
  }
  for (let link = 0; link < 11; link++) {
    const x = at[0] + (modulo(link / 11 + driven / width, 1) - 0.5) * width
    const [left, top] = CAMERA.project([x, height, z])
    context.fillStyle = css(lit(steel, 0.8))
    context.fillRect(left, top, metre * 0.09, metre * 0.09)
  }
}

/** Draws the sky's reflection in the windows, and their frames. */
function shine(context: Context, cab: Block): void {
  const outline = CAMERA.outline(cab)
  const xs = outline.map(([x]) => x)
  const ys = outline.map(([, y]) => y)
  const [left, right] = [Math.min(...xs), Math.max(...xs)]
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)]
  const third = (right - left) / 3
  fill(
    context,
    [
      [left + third * 1.3, top + 2],
      [left + third * 2, top + 2],
      [left + third * 1.2, bottom - 2],
      [left + third * 0.5, bottom - 2],
    ],
    'rgba(255,244,224,0.32)',
  )
  stroke(context, [...outline, ...outline.slice(0, 1)], css(CAMERA.hazed(DARK, cab.at[2])), 1.4)
}

function between(a: Point, b: Point, t: number): Point {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]
}

function up(by: number): (point: Point) => Point {
  return ([x, y]) => [x, y - by]
}
