import { SHADOW } from './camera.ts'
import { type Colour, css, fill, lit, oval, stroke } from './draw.ts'
import type { Box, Context, Point } from './scene.ts'
import type { Person } from './site-plan.ts'
import { CAMERA, onGround } from './site-view.ts'

/** Metres, including the helmet. */
const HEIGHT = 1.82

const VESTS: readonly Colour[] = [
  [255, 120, 34],
  [222, 235, 60],
  [255, 120, 34],
  [222, 235, 60],
  [255, 130, 40],
]
const HELMETS: readonly Colour[] = [
  [250, 208, 58],
  [246, 243, 236],
  [250, 208, 58],
  [74, 140, 214],
  [246, 243, 236],
]
const TROUSERS: readonly Colour[] = [
  [48, 60, 84],
  [66, 62, 66],
  [54, 68, 70],
  [58, 66, 92],
  [70, 62, 54],
  [88, 84, 84],
]
const SKIN: readonly Colour[] = [
  [224, 176, 140],
  [176, 122, 88],
  [232, 190, 156],
  [206, 154, 116],
  [142, 98, 72],
  [226, 182, 150],
]
const HAIR: Colour = [58, 42, 36]
const SHIRT: Colour = [64, 82, 112]
const COAT: Colour = [102, 116, 132]

/**
 * The scale (pixels per metre) above which details of a person are visible; drawing invisible ones would cost as much.
 */
const NEAR = 32

/** A person, and whether details are visible. */
type Seen = Person & { readonly isNear: boolean }

/** The parts of a person that detectors find; bounding boxes in pixels. */
export interface PersonBoxes {
  readonly whole: Box
  readonly head: Box
  readonly torso: Box
}

/** Bounding boxes of the parts of a person. */
export function personBoxes(person: Person): PersonBoxes {
  const { metre, x, y } = standing(person)
  const half = metre * (0.3 + 0.1 * person.pace)
  const reach = person.hasHelmet ? 0.165 : 0.14
  return {
    whole: [x - half, y - metre * HEIGHT, x + half, y + metre * 0.06],
    head: [x - metre * reach, y - metre * HEIGHT, x + metre * reach, y - metre * 1.47],
    torso: [x - metre * 0.27, y - metre * 1.5, x + metre * 0.27, y - metre * 0.84],
  }
}

/** Draws a person's shadow; to be drawn before everything that stands. */
export function paintPersonShadow(context: Context, person: Person): void {
  const { metre, x, y } = standing(person)
  const [headX, headY] = CAMERA.project(CAMERA.shadowOf([person.at[0], HEIGHT, person.at[1]]))
  const end: Point = [headX, headY]
  stroke(
    context,
    [
      [x, y],
      [x + (end[0] - x) * 0.82, y + (end[1] - y) * 0.82],
    ],
    css(SHADOW, 0.24),
    metre * 0.34,
  )
  oval(context, [x, y], [metre * 0.34, metre * 0.1], css(SHADOW, 0.34))
}

/** Draws a person, standing or walking. */
export function paintPerson(context: Context, person: Person): void {
  const { metre, x, y } = standing(person)
  const { pace, stride, look, facing } = person
  const colour = (base: Colour | undefined) => CAMERA.hazed(base ?? SHIRT, person.at[1])
  context.save()
  // From here on in metres: the origin is at the feet, y points down.
  context.translate(x, y)
  context.scale(metre * (facing < 0 ? -1 : 1), metre)
  // The sun is at the right, so the lit side depends on the direction the person faces.
  const [front, back] = facing < 0 ? [0.78, 1.08] : [1.08, 0.78]
  const swing = Math.sin(stride * Math.PI) * pace
  const lift = Math.abs(Math.cos(stride * Math.PI)) * 0.025 * pace
  const sideways = 0.35 + 0.65 * Math.abs(facing)
  const trousers = colour(TROUSERS[look])
  leg(context, -0.085, -swing * sideways, Math.max(swing, 0), lit(trousers, 0.74 * back))
  leg(context, 0.085, swing * sideways, Math.max(-swing, 0), lit(trousers, front))
  context.translate(0, -lift)
  const jacket = colour(person.hasVest ? SHIRT : COAT)
  arm(context, -0.22, swing * sideways * 0.9, lit(jacket, 0.74 * back), colour(SKIN[look]))
  const isNear = metre > NEAR
  torso(context, { ...person, isNear }, lit(colour(person.hasVest ? VESTS[look] : COAT), 1), front, back)
  const free = person.hasHelmet || person.look === 5
  arm(context, 0.22, free ? -swing * sideways * 0.9 : -0.5, lit(jacket, front), colour(SKIN[look]))
  if (!free) helmet(context, [0.4, -0.72], colour(HELMETS[look]), true)
  head(context, { ...person, isNear }, colour(SKIN[look]), front)
  if (person.hasHelmet) helmet(context, [0.012, -1.685], colour(HELMETS[look]), isNear)
  context.restore()
}

function standing({ at }: Person) {
  const [x, y] = onGround(at)
  return { x, y, metre: CAMERA.scale(at[1]) }
}

function leg(context: Context, hip: number, swing: number, bend: number, colour: Colour): void {
  const knee: Point = [hip * 0.9 + swing * 0.2 + bend * 0.07, -0.47]
  const foot: Point = [hip * 0.9 + swing * 0.36 - bend * 0.05, -0.06 - bend * 0.07]
  stroke(context, [[hip * 0.8, -0.88], knee, foot], css(colour), 0.165)
  stroke(
    context,
    [
      [foot[0] - 0.02, foot[1] + 0.03],
      [foot[0] + 0.11, foot[1] + 0.035],
    ],
    css([46, 36, 32]),
    0.085,
  )
}

function arm(context: Context, shoulder: number, swing: number, sleeve: Colour, skin: Colour): void {
  const elbow: Point = [shoulder * 1.12 + swing * 0.16, -1.14]
  const hand: Point = [shoulder * 1.1 + swing * 0.36 + 0.03, -0.88 - Math.abs(swing) * 0.05]
  stroke(context, [[shoulder * 0.86, -1.4], elbow, hand], css(sleeve), 0.115)
  oval(context, hand, [0.058, 0.062], css(skin))
}

function torso(
  context: Context,
  { hasVest, isLeaving, isNear }: Seen,
  colour: Colour,
  front: number,
  back: number,
): void {
  const shape: Point[] = [
    [-0.2, -1.47],
    [-0.07, -1.53],
    [0.07, -1.53],
    [0.2, -1.47],
    [0.225, -1.3],
    [0.2, -0.86],
    [-0.2, -0.86],
    [-0.225, -1.3],
  ]
  fill(context, shape, isNear ? shaded(context, colour, front, back) : css(colour))
  if (!hasVest) return
  const tape = css([238, 240, 232], 0.92)
  context.fillStyle = tape
  context.fillRect(-0.214, -1.1, 0.428, isNear ? 0.05 : 0.11)
  if (!isNear) return
  context.fillRect(-0.208, -0.97, 0.416, 0.05)
  for (const side of [-0.135, 0.09]) context.fillRect(side, -1.5, 0.05, 0.34)
  if (!isLeaving)
    stroke(
      context,
      [
        [0, -1.48],
        [0, -0.88],
      ],
      css([70, 50, 40], 0.5),
      0.018,
    )
}

function shaded(context: Context, colour: Colour, front: number, back: number): Context['fillStyle'] {
  const shade = context.createLinearGradient(-0.22, 0, 0.22, 0)
  shade.addColorStop(0, css(lit(colour, back)))
  shade.addColorStop(1, css(lit(colour, front)))
  return shade
}

function head(context: Context, { facing, isLeaving, hasHelmet, isNear }: Seen, skin: Colour, front: number): void {
  fill(
    context,
    [
      [-0.055, -1.56],
      [0.055, -1.56],
      [0.06, -1.47],
      [-0.06, -1.47],
    ],
    css(lit(skin, 0.78)),
  )
  oval(context, [0.012, -1.645], [0.108, 0.135], css(lit(skin, isNear ? 0.86 : 0.95)))
  if (!isNear && !isLeaving && hasHelmet) return
  oval(context, [0.012 + (front - 0.93) * 0.2, -1.645], [0.08, 0.125], css(lit(skin, 1.04)))
  if (!hasHelmet) {
    context.beginPath()
    context.ellipse(-0.002, -1.685, 0.122, 0.12, 0, Math.PI * 0.93, Math.PI * 2.03)
    context.fillStyle = css(HAIR)
    context.fill()
  }
  if (isLeaving) oval(context, [-0.03, -1.66], [0.095, 0.12], css(HAIR))
  else oval(context, [0.03 + 0.05 * Math.abs(facing), -1.65], [0.012, 0.014], css([40, 28, 24], 0.8))
}

function helmet(context: Context, [x, y]: Point, colour: Colour, isNear: boolean): void {
  context.beginPath()
  context.ellipse(x, y, 0.15, 0.135, 0, Math.PI, 2 * Math.PI)
  context.closePath()
  context.fillStyle = css(lit(colour, 0.94))
  context.fill()
  if (!isNear) return
  oval(context, [x + 0.02, y - 0.075], [0.07, 0.036], css(lit(colour, 1.12)))
  stroke(
    context,
    [
      [x - 0.14, y],
      [x + 0.175, y + 0.008],
    ],
    css(lit(colour, 0.76)),
    0.034,
  )
}
