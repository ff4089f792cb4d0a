import { rounded } from '../src/core/numbers.ts'
import { NO_ANNOTATIONS } from '../src/wire/annotation-fields.ts'
import { paintEvening, paintHedge, paintPorch } from './door-backdrop.ts'
import { paintCat } from './door-cat.ts'
import { doorAt, motionOf } from './door-plan.ts'
import { byLamp, CAMERA, HEDGE, POSTS } from './door-view.ts'
import { paintVisitor, visitorBox } from './door-visitor.ts'
import { type Colour, css, lit } from './draw.ts'
import { drift, random } from './noise.ts'
import { backdrop, type Context, type Point, type SceneMaker, visibleBox } from './scene.ts'
import { FPS, HEIGHT, WIDTH } from './thread-messages.ts'

/** Demo scene: the camera of a doorbell in the evening, with visitors who ring, wait and leave, and a cat. */
export const frontDoor: SceneMaker = (seed, makeCanvas) => {
  const evening = backdrop(makeCanvas, (context) => paintEvening(context, seed))
  const hedge = backdrop(makeCanvas, (context) => paintHedge(context, seed))
  const porch = backdrop(makeCanvas, paintPorch)
  // All layers in one picture, used while nobody walks between them.
  const all = backdrop(makeCanvas, (context) => {
    for (const layer of [evening, hedge, porch]) context.drawImage(layer(), 0, 0)
  })
  return {
    measure(frame) {
      const state = doorAt(seed, frame / FPS)
      const box = state.visitor && visibleBox(visitorBox(state.visitor))
      const sureness = rounded(0.9 + 0.06 * drift(seed + 50, frame / 8), 2)
      return {
        annotations: {
          ...NO_ANNOTATIONS,
          ...(box && { detection_items: JSON.stringify([[...box, sureness, PERSON]]) }),
          width: WIDTH,
          height: HEIGHT,
        },
        metadata: {
          motion: rounded(motionOf(state), 3),
          person: box !== undefined,
          doorbell: state.isRinging ? 'ringing' : 'quiet',
        },
      }
    },
    paint(context, frame) {
      const { visitor, cat, wind } = doorAt(seed, frame / FPS)
      if (visitor && visitor.z > POSTS) {
        context.drawImage(evening(), 0, 0)
        if (visitor.z > HEDGE) paintVisitor(context, visitor)
        context.drawImage(hedge(), 0, 0)
        if (visitor.z <= HEDGE) paintVisitor(context, visitor)
        context.drawImage(porch(), 0, 0)
      } else context.drawImage(all(), 0, 0)
      plant(context, seed, wind)
      if (cat) paintCat(context, cat)
      if (visitor && visitor.z <= POSTS) paintVisitor(context, visitor)
      creeper(context, seed, wind, frame / FPS)
    },
  }
}

/** The detector's class number of people. */
const PERSON = 5

const LEAF: Colour = [104, 142, 74]

/** Draws the leaves of the potted plant. */
function plant(context: Context, seed: number, wind: number): void {
  const [x, foot] = CAMERA.project([1.88, 0.48, 3.9])
  for (let i = 0; i < 15; i++) {
    const lean = (i / 14 - 0.5) * 2.1 + 0.12 * wind * (0.5 + random(seed, i, 3))
    const length = 46 + 40 * random(seed, i, 4)
    const colour = byLamp(lit(LEAF, 0.7 + 0.6 * random(seed, i, 5)), 4.2)
    leaf(context, [x + (i - 7) * 1.6, foot], [x + Math.sin(lean) * length, foot - Math.cos(lean) * length], 7, colour)
  }
}

/** Draws the creeper that hangs into the picture from above, near the camera: dark, and moved by the wind. */
function creeper(context: Context, seed: number, wind: number, t: number): void {
  for (let i = 0; i < 20; i++) {
    const isLeft = i % 2 === 0
    const along = random(seed, i, 6)
    const from: Point = [isLeft ? along * 118 - 12 : WIDTH + 12 - along * 96, -8 + 26 * random(seed, i, 7)]
    const sway = 0.16 * wind + 0.07 * Math.sin(t * 2.1 + i)
    const angle = (random(seed, i, 8) - 0.5) * 1.3 + sway
    const length = 30 + 34 * random(seed, i, 9) * (1 - along * 0.6)
    const to: Point = [from[0] + Math.sin(angle) * length, from[1] + Math.cos(angle) * length]
    leaf(context, from, to, 9, lit([58, 74, 52], 0.6 + 0.7 * random(seed, i, 10)))
  }
}

function leaf(context: Context, [x, y]: Point, [tipX, tipY]: Point, width: number, colour: Colour): void {
  const [dx, dy] = [tipX - x, tipY - y]
  const length = Math.max(Math.hypot(dx, dy), 1)
  const [nx, ny] = [(-dy / length) * width, (dx / length) * width]
  const [middleX, middleY] = [x + dx * 0.45, y + dy * 0.45]
  context.beginPath()
  context.moveTo(x, y)
  context.quadraticCurveTo(middleX + nx, middleY + ny, tipX, tipY)
  context.quadraticCurveTo(middleX - nx, middleY - ny, x, y)
  context.fillStyle = css(colour)
  context.fill()
}
