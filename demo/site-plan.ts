import { drift, ease, keyed, mix, modulo, random } from './noise.ts'
import { CONES, isWithin, type Spot } from './site-view.ts'

/** A person on the site at one moment. */
export interface Person {
  readonly at: Spot
  /** Direction they face: -1 to the left, 1 to the right; values between: towards or away from the camera. */
  readonly facing: number
  /** Whether they walk away from the camera. */
  readonly isLeaving: boolean
  /** Phase of the walk, in steps; constant while they stand. */
  readonly stride: number
  /** From 0 (standing) to 1 (walking). */
  readonly pace: number
  readonly hasHelmet: boolean
  readonly hasVest: boolean
  /** Selects their appearance (colours of skin and clothes), from 0. */
  readonly look: number
}

/** The excavator at one moment; angles in radians from the horizontal. */
export interface Digger {
  readonly at: Spot
  /** Rotation of the upper structure: 0 points to the right, π to the left, values between away from the camera. */
  readonly yaw: number
  readonly boom: number
  readonly stick: number
  readonly bucket: number
  /** Metres driven, to animate the tracks. */
  readonly driven: number
}

/** Everything that moves on the site. */
export interface SiteState {
  readonly people: readonly Person[]
  readonly digger: Digger
  /** Visible length of the crane's jib, 0 to 1. */
  readonly jib: number
  /** How far out and how far down the crane's hook is, 0 to 1. */
  readonly trolley: number
  readonly hook: number
}

/** People nearer to the excavator's centre than this are in danger, metres. */
const CLOSE = 3.4

/** The state of the site at time `t`, in seconds. */
export function siteAt(seed: number, t: number): SiteState {
  const digger = diggerAt(seed, t)
  return {
    digger,
    people: peopleAt(seed, t),
    jib: 0.7 + 0.26 * drift(seed + 11, t / 26),
    trolley: 0.62 + 0.3 * drift(seed + 12, t / 17),
    hook: 0.5 + 0.4 * drift(seed + 13, t / 13),
  }
}

/** The active warnings with their counts, in the detector's format; empty if there are none. */
export function dangersOf({ people, digger }: SiteState): Record<string, { count: number }> {
  const counts = {
    warning_no_hardhat: people.filter(({ hasHelmet }) => !hasHelmet).length,
    warning_no_safety_vest: people.filter(({ hasVest }) => !hasVest).length,
    warning_people_in_controlled_area: people.filter(({ at }) => isWithin(at, CONES)).length,
    warning_close_to_machinery: people.filter(
      ({ at }) => Math.hypot(at[0] - digger.at[0], at[1] - digger.at[1]) < CLOSE,
    ).length,
  }
  const real = Object.entries(counts).filter(([, count]) => count > 0)
  return Object.fromEntries(real.map(([name, count]) => [name, { count }]))
}

interface Stop {
  readonly at: Spot
  /** How long they stop, seconds. */
  readonly rest: number
  /** Whether they take off the helmet here. */
  readonly bareHead?: boolean
}

interface Route {
  readonly stops: readonly Stop[]
  /** Walking speed, metres a second. */
  readonly speed: number
  /** How long they stay out of the picture after each walk, seconds. */
  readonly away?: number
  /** Wears neither a helmet nor a vest. */
  readonly hasNothing?: boolean
}

const ROUTES: readonly Route[] = [
  {
    speed: 1.25,
    stops: [
      { at: [-6.6, 20.6], rest: 3 },
      { at: [-5.2, 15.2], rest: 1 },
      { at: [-4.4, 12.8], rest: 2.5 },
      { at: [1.8, 12.6], rest: 4 },
      { at: [-4.8, 13.1], rest: 0.5 },
    ],
  },
  {
    speed: 1.1,
    stops: [
      { at: [3.6, 15.6], rest: 7 },
      { at: [4.6, 13.3], rest: 5 },
      { at: [6.8, 14.4], rest: 4 },
    ],
  },
  {
    speed: 1.15,
    stops: [
      { at: [-9.5, 24], rest: 4 },
      { at: [-4.6, 24.5], rest: 3 },
      { at: [-2.2, 27], rest: 8 },
      { at: [-5, 25], rest: 2 },
    ],
  },
  {
    speed: 1.2,
    stops: [
      { at: [-4.9, 17.6], rest: 6 },
      { at: [-5.6, 21], rest: 2.4, bareHead: true },
      { at: [-1.4, 21.5], rest: 5 },
      { at: [-6, 21.6], rest: 6 },
      { at: [-5.1, 19], rest: 2 },
      // To look into the trench.
      { at: [-3.2, 17.4], rest: 1.2 },
    ],
  },
  {
    speed: 1.3,
    stops: [
      { at: [10.6, 27], rest: 6 },
      { at: [7.3, 19.2], rest: 0.6 },
      { at: [4.4, 18.4], rest: 5 },
      { at: [6.3, 17.2], rest: 5 },
      { at: [11.6, 22.5], rest: 3 },
    ],
  },
  {
    speed: 1.25,
    away: 112,
    hasNothing: true,
    stops: [
      { at: [9.6, 13.6], rest: 0 },
      { at: [6.1, 12.5], rest: 4 },
      { at: [9.6, 13.6], rest: 0 },
    ],
  },
]

function peopleAt(seed: number, t: number): Person[] {
  return ROUTES.flatMap((route, number) => {
    // Each person starts at a different point of the route; visitors appear after a while.
    const begun = route.away === undefined ? 90 * random(seed, number, 7) : 46 - 10 * random(seed, number, 7)
    return walkerAt(route, t + begun, number) ?? []
  })
}

/** @returns undefined while they are out of the picture */
function walkerAt({ stops, speed, away, hasNothing = false }: Route, t: number, look: number): Person | undefined {
  const legs = stops.map((stop, i) => {
    const to = (away !== undefined && i === stops.length - 1 ? stop : (stops[(i + 1) % stops.length] ?? stop)).at
    const length = Math.hypot(to[0] - stop.at[0], to[1] - stop.at[1])
    return { ...stop, to, length, walk: length / speed }
  })
  let left = modulo(
    t,
    legs.reduce((sum, { rest, walk }) => sum + rest + walk, away ?? 0),
  )
  let walked = 0
  for (const { at, to, rest, walk, length, bareHead = false } of legs) {
    const looks = (isBare: boolean) => ({ hasHelmet: !hasNothing && !isBare, hasVest: !hasNothing, look })
    const heading = length > 0 ? (to[0] - at[0]) / length : 0
    if (left < rest)
      return { at, facing: look % 2 ? 0.5 : -0.5, isLeaving: false, stride: walked / STEP, pace: 0, ...looks(bareHead) }
    left -= rest
    if (left < walk) {
      const share = setOff(left / walk, Math.min(0.6 / walk, 0.3))
      return {
        at: [mix(at[0], to[0], share), mix(at[1], to[1], share)],
        facing: heading,
        isLeaving: to[1] > at[1],
        stride: (walked + share * length) / STEP,
        pace: ease(left / 0.5) * ease((walk - left) / 0.5),
        ...looks(false),
      }
    }
    left -= walk
    walked += length
  }
  return undefined
}

/** Length of a step, metres. */
const STEP = 0.75

/** An even walk from 0 to 1 with a soft start and end; `soft` is the share of the time for each, at most 0.5. */
function setOff(t: number, soft: number): number {
  const speed = 1 / (1 - soft)
  if (t < soft) return (speed * t * t) / (2 * soft)
  if (t > 1 - soft) return 1 - (speed * (1 - t) ** 2) / (2 * soft)
  return speed * (t - soft / 2)
}

const ROUND_S = 15
const POSITIONS = [5.3, 6.6, 5.9, 7.2] as const

/** Digs, swings round, empties the bucket and, after every second cycle, drives a little. */
function diggerAt(seed: number, t: number): Digger {
  const shifted = t + 4 * random(seed, 31)
  const round = Math.floor(shifted / ROUND_S)
  const s = shifted - round * ROUND_S
  const place = (number: number) => POSITIONS[modulo(Math.floor(number / 2), POSITIONS.length)] ?? 6
  const x = mix(place(round), place(round + 1), ease((s - 11) / 3.4))
  const swing = keyed(
    [
      [4.2, 0],
      [6.8, 1],
      [8.4, 1],
      [11, 0],
    ],
    s,
  )
  return {
    at: [x, 23],
    yaw: Math.PI - swing * 2.15 + 0.03 * drift(seed + 21, t),
    boom: keyed(
      [
        [0.6, 0.42],
        [2.2, 0.26],
        [4.4, 0.92],
        [8.6, 0.86],
        [11.5, 0.62],
        [15, 0.42],
      ],
      s,
    ),
    stick: keyed(
      [
        [0.6, -0.72],
        [3, -1.45],
        [6.6, -1.35],
        [7.8, -0.85],
        [11.4, -1.25],
        [15, -0.72],
      ],
      s,
    ),
    bucket: keyed(
      [
        [1, -1.2],
        [3.4, -2.75],
        [7, -2.7],
        [8.2, -1.15],
        [11, -1.9],
        [15, -1.2],
      ],
      s,
    ),
    driven: x,
  }
}
