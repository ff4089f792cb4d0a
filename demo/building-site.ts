import { rounded } from '../src/core/numbers.ts'
import { drift } from './noise.ts'
import { type Box, backdrop, type Point, type SceneMaker, visibleBox } from './scene.ts'
import { paintSite, pickupOutline } from './site-backdrop.ts'
import { paintJib, paintMast } from './site-crane.ts'
import { diggerOutline, paintDigger } from './site-digger.ts'
import { coneBox, FIXTURES, type Fixture, paintFixtureShadows, poleBox } from './site-fixtures.ts'
import { paintPerson, paintPersonShadow, personBoxes } from './site-person.ts'
import { dangersOf, type Person, type SiteState, siteAt } from './site-plan.ts'
import { CONES, onGround, POLE, POLE_CLEARANCE, type Spot } from './site-view.ts'
import { FPS, HEIGHT, type Measurements, WIDTH } from './thread-messages.ts'

/** Demo scene: a building site with people and an excavator, annotated as an object detector would. */
export const buildingSite: SceneMaker = (seed, makeCanvas) => {
  const still = backdrop(makeCanvas, (context) => {
    paintSite(context, seed)
    paintMast(context)
    paintFixtureShadows(context)
    for (const { paint } of FIXTURES) paint(context)
  })
  return {
    measure: (frame) => measure(siteAt(seed, frame / FPS), seed, frame),
    paint(context, frame) {
      const state = siteAt(seed, frame / FPS)
      context.drawImage(still(), 0, 0)
      paintJib(context, state)
      for (const person of state.people) paintPersonShadow(context, person)
      const { digger } = state
      const moving: Fixture[] = [
        ...state.people.map((person) => ({
          z: person.at[1],
          box: personBoxes(person).whole,
          paint: () => paintPerson(context, person),
        })),
        { z: digger.at[1], box: boxAround(diggerOutline(digger)), paint: () => paintDigger(context, digger) },
      ]
      // The backdrop contains the fixtures already; only those that hide somebody are drawn again.
      const hiding = FIXTURES.filter(({ z, box }) => moving.some((one) => one.z > z && overlap(one.box, box)))
      for (const { paint } of [...moving, ...hiding].sort((a, b) => b.z - a.z)) paint(context)
    },
  }
}

function overlap(a: Box, b: Box): boolean {
  return a[0] < b[2] + 8 && b[0] < a[2] + 8 && a[1] < b[3] + 8 && b[1] < a[3] + 8
}

/** The detector's class numbers. */
const CLASS = {
  hardhat: 0,
  noHardhat: 2,
  noVest: 4,
  person: 5,
  cone: 6,
  vest: 7,
  machinery: 8,
  pole: 9,
  vehicle: 10,
} as const

function measure(state: SiteState, seed: number, frame: number): Measurements {
  const items: number[][] = []
  const add = (kind: number, box: Box) => {
    const visible = visibleBox(box)
    // A confidence that varies, as a detector's does.
    const sureness = 0.89 + 0.06 * drift(seed + 100 + items.length, frame / 7)
    if (visible) items.push([...visible, rounded(sureness, 2), kind])
  }
  const people = state.people.filter(isSeen)
  for (const person of people) {
    const { whole, head, torso } = personBoxes(person)
    add(CLASS.person, whole)
    add(person.hasHelmet ? CLASS.hardhat : CLASS.noHardhat, head)
    add(person.hasVest ? CLASS.vest : CLASS.noVest, torso)
  }
  for (const at of CONES) add(CLASS.cone, coneBox(at))
  add(CLASS.machinery, boxAround(diggerOutline(state.digger)))
  add(CLASS.pole, poleBox())
  add(CLASS.vehicle, boxAround(pickupOutline()))
  const dangers = dangersOf({ ...state, people })
  return {
    annotations: {
      warnings: Object.keys(dangers).length > 0 ? JSON.stringify(dangers) : '',
      cone_polygons: JSON.stringify([CONES.map(onGround).map(whole)]),
      pole_polygons: JSON.stringify([circle(POLE, POLE_CLEARANCE).map(whole)]),
      detection_items: JSON.stringify(items),
      width: WIDTH,
      height: HEIGHT,
    },
    metadata: { people: people.length },
  }
}

/** Whether more than half of a person is in the picture. */
export function isSeen({ at }: Person): boolean {
  const [x] = onGround(at)
  return x > 0 && x < WIDTH
}

function whole([x, y]: Point): Point {
  return [Math.round(x), Math.round(y)]
}

function boxAround(points: readonly Point[]): Box {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

function circle([x, z]: Spot, radius: number): Point[] {
  return Array.from({ length: 24 }, (_, i) => {
    const angle = (i / 24) * 2 * Math.PI
    return onGround([x + radius * Math.cos(angle), z + radius * Math.sin(angle)])
  })
}
