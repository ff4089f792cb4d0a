import type { Visitor } from './door-plan.ts'
import { byLamp, CAMERA } from './door-view.ts'
import { type Colour, css, fill, lit, oval, stroke } from './draw.ts'
import type { Box, Context, Point } from './scene.ts'

interface Clothes {
  readonly coat: Colour
  readonly trim: Colour
  readonly trousers: Colour
  readonly skin: Colour
  readonly hair: Colour
  readonly hat?: Colour
  readonly hasLongHair: boolean
  readonly hasParcel: boolean
}

const CLOTHES: Readonly<Record<Visitor['looks'], Clothes>> = {
  postman: {
    coat: [54, 92, 148],
    trim: [238, 196, 72],
    trousers: [50, 56, 74],
    skin: [226, 178, 142],
    hair: [72, 50, 40],
    hat: [44, 76, 128],
    hasLongHair: false,
    hasParcel: true,
  },
  neighbour: {
    coat: [178, 66, 62],
    trim: [236, 218, 190],
    trousers: [62, 58, 76],
    skin: [236, 192, 160],
    hair: [112, 66, 40],
    hasLongHair: true,
    hasParcel: false,
  },
  friend: {
    coat: [84, 112, 92],
    trim: [208, 168, 110],
    trousers: [66, 76, 104],
    skin: [158, 110, 82],
    hair: [38, 30, 30],
    hasLongHair: false,
    hasParcel: false,
  },
}

/** Metres, including the hat. */
const HEIGHT = 1.8

/** Bounding box of a visitor in pixels; larger than the picture when they are near. */
export function visitorBox({ x, z }: Visitor): Box {
  const [left, foot] = CAMERA.project([x, 0, z])
  const metre = CAMERA.scale(z)
  return [left - metre * 0.33, foot - metre * HEIGHT, left + metre * 0.33, foot + metre * 0.03]
}

/** Draws a visitor and the shadow. */
export function paintVisitor(context: Context, visitor: Visitor): void {
  const { x, z, heading, stride, pace, looks } = visitor
  const clothes = CLOTHES[looks]
  const [px, foot] = CAMERA.project([x, 0, z])
  const metre = CAMERA.scale(z)
  const colour = (base: Colour) => byLamp(base, z)
  const swing = Math.sin(stride * Math.PI) * pace
  oval(context, [px, foot], [metre * 0.42, metre * 0.1], 'rgba(16,12,24,0.4)')
  context.save()
  // From here on in metres: the origin is at the feet, y points down.
  context.translate(px, foot)
  context.scale(metre, metre)
  context.translate(0.012 * swing, -0.02 * Math.abs(Math.cos(stride * Math.PI)) * pace)
  const isSideways = heading === 'right' || heading === 'left'
  legs(context, colour(clothes.trousers), swing, isSideways)
  const back = heading === 'leaving'
  if (clothes.hasLongHair) hair(context, colour(clothes.hair), true)
  coat(context, clothes, colour, back)
  arms(context, visitor, clothes, colour, swing, isSideways)
  head(context, visitor, clothes, colour)
  context.restore()
}

type Tint = (base: Colour) => Colour

function legs(context: Context, trousers: Colour, swing: number, isSideways: boolean): void {
  for (const side of [-1, 1]) {
    const step = swing * side
    const hip: Point = [side * 0.085, -0.9]
    const foot: Point = isSideways ? [step * 0.3, -0.05] : [side * 0.1, -0.05 - 0.09 * Math.max(step, 0)]
    const knee: Point = [(hip[0] + foot[0]) / 2 + (isSideways ? 0.05 : 0), -0.48 - 0.03 * Math.max(step, 0)]
    stroke(context, [hip, knee, foot], css(lit(trousers, side < 0 ? 0.86 : 1)), 0.17)
    oval(context, [foot[0] + (isSideways ? 0.06 : 0), foot[1] + 0.035], [0.085, 0.05], css(lit(trousers, 0.45)))
  }
}

function coat(context: Context, { coat: base, trim }: Clothes, colour: Tint, isBack: boolean): void {
  const cloth = colour(base)
  const shade = context.createLinearGradient(-0.25, -1.5, 0.25, -0.8)
  shade.addColorStop(0, css(lit(cloth, 1.2)))
  shade.addColorStop(0.55, css(cloth))
  shade.addColorStop(1, css(lit(cloth, 0.62)))
  context.beginPath()
  context.moveTo(-0.075, -1.53)
  context.bezierCurveTo(-0.2, -1.5, -0.25, -1.46, -0.245, -1.3)
  context.bezierCurveTo(-0.235, -1.1, -0.22, -0.95, -0.235, -0.74)
  context.quadraticCurveTo(0, -0.7, 0.235, -0.74)
  context.bezierCurveTo(0.22, -0.95, 0.235, -1.1, 0.245, -1.3)
  context.bezierCurveTo(0.25, -1.46, 0.2, -1.5, 0.075, -1.53)
  context.closePath()
  context.fillStyle = shade
  context.fill()
  if (isBack) {
    stroke(
      context,
      [
        [0, -1.45],
        [0, -0.78],
      ],
      css(lit(cloth, 0.75)),
      0.008,
    )
    return
  }
  stroke(
    context,
    [
      [0, -1.45],
      [0.008, -0.74],
    ],
    css(lit(cloth, 0.55)),
    0.012,
  )
  for (const y of [-1.3, -1.12, -0.94]) oval(context, [0.03, y], [0.011, 0.011], css(lit(colour(trim), 0.9)))
  fill(
    context,
    [
      [-0.1, -1.53],
      [0, -1.38],
      [-0.05, -1.34],
      [-0.16, -1.5],
    ],
    css(lit(cloth, 1.3)),
  )
  fill(
    context,
    [
      [0.1, -1.53],
      [0, -1.38],
      [0.05, -1.34],
      [0.16, -1.5],
    ],
    css(lit(cloth, 1.1)),
  )
}

function arms(context: Context, visitor: Visitor, clothes: Clothes, colour: Tint, swing: number, isSideways: boolean) {
  const cloth = colour(clothes.coat)
  const skin = colour(clothes.skin)
  const carries = clothes.hasParcel && visitor.heading !== 'leaving'
  for (const side of [-1, 1]) {
    const step = -swing * side
    const raised = side > 0 ? visitor.reach : 0
    let elbow: Point = [side * 0.27 + (isSideways ? step * 0.1 - side * 0.18 : 0), -1.13]
    let hand: Point = [
      side * 0.26 + (isSideways ? step * 0.26 - side * 0.18 : 0),
      -0.86 + (isSideways ? 0 : 0.05 * step),
    ]
    if (carries && !isSideways) {
      elbow = [side * 0.29, -1.14]
      hand = [side * 0.13, -1.08]
    }
    // The bell is beside the camera: the hand moves towards it and appears larger.
    elbow = toward(elbow, [0.36, -1.24], raised)
    hand = toward(hand, [0.4, -1.4], raised)
    stroke(context, [[side * 0.19, -1.42], elbow, hand], css(lit(cloth, side < 0 ? 1.02 : 0.8)), 0.125)
    const size = 0.055 + 0.02 * raised
    oval(context, hand, [size, size * 1.1], css(skin))
    if (raised > 0.3) stroke(context, [hand, [hand[0] + 0.02, hand[1] - 0.1]], css(lit(skin, 1.06)), 0.034)
  }
  if (!carries || isSideways) return
  fill(
    context,
    [
      [-0.17, -1.2],
      [0.13, -1.2],
      [0.13, -0.98],
      [-0.17, -0.98],
    ],
    css(colour([196, 150, 102])),
  )
  fill(
    context,
    [
      [-0.17, -1.2],
      [0.13, -1.2],
      [0.11, -1.23],
      [-0.15, -1.23],
    ],
    css(colour([222, 180, 130])),
  )
  fill(
    context,
    [
      [-0.05, -1.2],
      [0, -1.2],
      [0, -0.98],
      [-0.05, -0.98],
    ],
    css(colour([232, 210, 170])),
  )
  oval(context, [-0.165, -1.07], [0.045, 0.06], css(skin))
}

function head(context: Context, { heading, look }: Visitor, clothes: Clothes, colour: Tint): void {
  const skin = colour(clothes.skin)
  const hairColour = colour(clothes.hair)
  const turn = heading === 'right' ? 0.9 : heading === 'left' ? -0.9 : look * 0.35
  stroke(
    context,
    [
      [0, -1.55],
      [0, -1.5],
    ],
    css(lit(skin, 0.68)),
    0.11,
  )
  const shade = context.createRadialGradient(-0.02, -1.69, 0.01, 0, -1.64, 0.17)
  shade.addColorStop(0, css(lit(skin, 1.12)))
  shade.addColorStop(0.6, css(skin))
  shade.addColorStop(1, css(lit(skin, 0.66)))
  for (const side of [-1, 1]) oval(context, [side * 0.104, -1.635], [0.02, 0.034], css(lit(skin, 0.84)))
  oval(context, [0, -1.635], [0.102, 0.135], shade)
  if (heading === 'leaving') hair(context, hairColour, clothes.hasLongHair)
  else {
    face(context, turn * 0.05, skin, hairColour)
    fringe(context, hairColour, turn * 0.03)
  }
  if (clothes.hat) cap(context, colour(clothes.hat), colour(clothes.trim), heading === 'leaving', turn * 0.03)
}

function face(context: Context, turn: number, skin: Colour, hairColour: Colour): void {
  for (const side of [-1, 1]) {
    const x = turn + side * 0.04
    oval(context, [x, -1.645], [0.0155, 0.01], css([246, 240, 232], 0.9))
    oval(context, [x + turn * 0.15, -1.645], [0.0085, 0.0095], css([44, 32, 28]))
    stroke(
      context,
      [
        [x - 0.019, -1.672],
        [x, -1.678],
        [x + 0.019, -1.671],
      ],
      css(lit(hairColour, 0.9)),
      0.008,
    )
  }
  stroke(
    context,
    [
      [turn * 1.15 + 0.004, -1.64],
      [turn * 1.2 + 0.012, -1.6],
      [turn * 1.1 - 0.006, -1.597],
    ],
    css(lit(skin, 0.74)),
    0.008,
  )
  stroke(
    context,
    [
      [turn - 0.027, -1.56],
      [turn, -1.554],
      [turn + 0.027, -1.561],
    ],
    css([150, 76, 66], 0.9),
    0.009,
  )
  for (const side of [-1, 1]) oval(context, [turn + side * 0.062, -1.6], [0.022, 0.016], 'rgba(230,110,90,0.14)')
}

function fringe(context: Context, colour: Colour, turn: number): void {
  context.beginPath()
  context.ellipse(0, -1.665, 0.112, 0.118, 0, Math.PI * 0.96, Math.PI * 2.04)
  context.quadraticCurveTo(0.07 + turn, -1.72, 0.02 + turn, -1.725)
  context.quadraticCurveTo(-0.06 + turn, -1.72, -0.11, -1.65)
  context.closePath()
  context.fillStyle = css(colour)
  context.fill()
}

/** Draws the back of the head, or the long hair that is visible around it. */
function hair(context: Context, colour: Colour, isLong: boolean): void {
  oval(context, [0, -1.655], [0.116, 0.135], css(lit(colour, 0.92)))
  if (!isLong) return
  context.beginPath()
  context.moveTo(-0.118, -1.68)
  context.bezierCurveTo(-0.16, -1.55, -0.15, -1.45, -0.12, -1.42)
  context.quadraticCurveTo(0, -1.39, 0.12, -1.42)
  context.bezierCurveTo(0.15, -1.45, 0.16, -1.55, 0.118, -1.68)
  context.closePath()
  context.fillStyle = css(lit(colour, 0.86))
  context.fill()
}

function cap(context: Context, colour: Colour, trim: Colour, isBack: boolean, turn: number): void {
  context.beginPath()
  context.ellipse(0, -1.7, 0.12, 0.1, 0, Math.PI, 2 * Math.PI)
  context.closePath()
  context.fillStyle = css(lit(colour, 1.1))
  context.fill()
  if (isBack) return
  oval(context, [turn, -1.698], [0.118, 0.026], css(lit(colour, 0.6)))
  oval(context, [turn, -1.745], [0.022, 0.022], css(trim))
}

function toward([x, y]: Point, [toX, toY]: Point, t: number): Point {
  return [x + (toX - x) * t, y + (toY - y) * t]
}
