import { drift, ease, mix, modulo, random } from './noise.ts'

/** A visitor at the door, or walking to or from it. */
export interface Visitor {
  /** Metres to the right of the door's centre, and away from the door. */
  readonly x: number
  readonly z: number
  /** `coming` shows the face, `leaving` the back, the others a side view. */
  readonly heading: 'coming' | 'leaving' | 'left' | 'right'
  /** Phase of the walk, in steps. */
  readonly stride: number
  /** From 0 (standing) to 1 (walking). */
  readonly pace: number
  /** How far the hand is raised to the bell, 0 to 1. */
  readonly reach: number
  /** Viewing direction while waiting, -1 (left) to 1 (right). */
  readonly look: number
  readonly looks: 'postman' | 'neighbour' | 'friend'
}

/** The cat on the floor of the porch. */
export interface Cat {
  /** Metres to the right of the door's centre. */
  readonly x: number
  /** Walking direction: 1 to the right, -1 to the left. */
  readonly heading: -1 | 1
  readonly isSitting: boolean
  /** Phase of the walk, in steps. */
  readonly stride: number
  /** How far the tail is bent, -1 to 1. */
  readonly tail: number
}

/** Everything that moves in front of the door. */
export interface DoorState {
  readonly visitor: Visitor | undefined
  readonly cat: Cat | undefined
  readonly isRinging: boolean
  /** How far the leaves are bent, -1 to 1. */
  readonly wind: number
}

/** Interval between visits, seconds. */
const ROUND_S = 56
const LOOKS = ['postman', 'neighbour', 'friend'] as const

/** The state of the scene at time `t`, in seconds. */
export function doorAt(seed: number, t: number): DoorState {
  // Start with the first visitor at the gate.
  const shifted = t + 6.5
  const round = Math.floor(shifted / ROUND_S)
  const s = shifted - round * ROUND_S
  const looks = LOOKS[modulo(round + Math.floor(random(seed, 1) * 3), 3)] ?? 'friend'
  const visitor = visitorAt(s, looks, seed, t)
  return {
    visitor,
    cat: catAt(s - 36, t, random(seed, round, 2) < 0.5 ? -1 : 1),
    isRinging: s > 14.6 && s < 16.4,
    wind: 0.6 * drift(seed + 3, t / 2.2) + 0.4 * drift(seed + 4, t / 0.9),
  }
}

/** The share of the picture that changes, 0 to 1, as a doorbell camera's motion detection reports it. */
export function motionOf({ visitor, cat, wind }: DoorState): number {
  const walking = visitor ? (0.08 + 0.9 * visitor.pace + 0.3 * visitor.reach) * Math.min(1.6 / visitor.z, 0.8) : 0
  const prowling = cat ? (cat.isSitting ? 0.02 : 0.12) : 0
  return Math.min(0.015 + 0.02 * Math.abs(wind) + walking + prowling, 1)
}

/** Distance in metres from the door at which visitors stop, and of the gate. */
const DOORSTEP = 1.95
const GATE = 11.6

function visitorAt(s: number, looks: Visitor['looks'], seed: number, t: number): Visitor | undefined {
  const still = { pace: 0, reach: 0, look: 0, stride: 0, looks }
  if (s < 6.5) {
    const x = mix(-11.5, 0.4, s / 6.5)
    return { ...still, x, z: GATE, heading: 'right', pace: 1, stride: x / STEP }
  }
  if (s < 13) {
    const share = easeOut((s - 6.5) / 6.5)
    const z = mix(GATE, DOORSTEP, share)
    return { ...still, x: mix(0.4, 0.06, share), z, heading: 'coming', pace: ease((13 - s) / 1), stride: z / STEP }
  }
  if (s < 23) {
    const reach = ease((s - 13.6) / 0.8) * ease((16.6 - s) / 0.8)
    const look = reach > 0 ? 0.5 * reach : drift(seed + 5, t / 1.7)
    return { ...still, x: 0.06 + 0.02 * drift(seed + 6, t / 1.3), z: DOORSTEP, heading: 'coming', reach, look }
  }
  if (s < 29.5) {
    const share = (s - 23) / 6.5
    const z = mix(DOORSTEP, GATE, share * share * (1.6 - 0.6 * share))
    return { ...still, x: mix(0.06, 0.4, share), z, heading: 'leaving', pace: ease((s - 23) / 0.8), stride: z / STEP }
  }
  if (s < 36) {
    const x = mix(0.4, 12, (s - 29.5) / 6.5)
    return { ...still, x, z: GATE, heading: 'right', pace: 1, stride: x / STEP }
  }
  return undefined
}

/** Length of a step, metres. */
const STEP = 0.75

/** Even speed that slows down at the end. */
function easeOut(t: number): number {
  return t * (1.5 - 0.5 * t * t)
}

/** Crosses the porch and rests in the middle. @param s seconds since it appeared; negative before */
function catAt(s: number, t: number, towards: -1 | 1): Cat | undefined {
  if (s < 0 || s > 18) return undefined
  const [coming, sitting, going] = [5, 12, 18]
  const share = s < coming ? s / coming - 1 : s < sitting ? 0 : (s - sitting) / (going - sitting)
  const x = towards * share * 3.1
  return {
    x: x + 0.25,
    heading: towards,
    isSitting: s >= coming && s < sitting,
    stride: x / 0.2,
    tail: Math.sin(t * 1.9),
  }
}
