import type { OverlayKind } from './overlay-choice.ts'
import type { Shape } from './shapes.ts'

/** How a class looks: its colour over any picture, and whether its line is dashed. */
export interface Tone {
  /** A light, saturated colour, on which dark text can be read (7 : 1). */
  readonly colour: string
  /** For what is missing: who does not tell red from green sees it as well. */
  readonly isDashed: boolean
}

const MISSING: Tone = { colour: '#ff7a5c', isDashed: true }
const WORN: Tone = { colour: '#2fdcbf', isDashed: false }
const PERSON: Tone = { colour: '#9ad1ff', isDashed: false }
const CONE: Tone = { colour: '#ffab2e', isDashed: false }
const MACHINE: Tone = { colour: '#c9a7ff', isDashed: false }
const VEHICLE: Tone = { colour: '#ffe45c', isDashed: false }
const POLE: Tone = { colour: '#d3f06a', isDashed: false }
const OTHER: Tone = { colour: '#e7ecef', isDashed: false }

/** Looked for in this order; the first word that the class's name holds counts. */
const TONES: readonly (readonly [RegExp, Tone])[] = [
  [/^(no|without|missing)[\s_-]/, MISSING],
  [/hard\s?hat|helmet|vest|mask|glove|boots|goggles/, WORN],
  [/person|people|worker|man\b/, PERSON],
  [/cone/, CONE],
  [/machine|excavator|crane|loader|roller/, MACHINE],
  [/vehicle|car\b|truck|bus\b|van\b/, VEHICLE],
  [/pole/, POLE],
]

const known = new Map<string, Tone>()

/** How a class is drawn, by its name. */
export function toneOfClass(name: string): Tone {
  const found = known.get(name)
  if (found) return found
  const plain = name.toLowerCase()
  const tone = TONES.find(([word]) => word.test(plain))?.[1] ?? OTHER
  // Names come from outside: a source that invents new ones all the time must not fill the memory.
  if (known.size < 1000) known.set(name, tone)
  return tone
}

/** How areas are drawn; undefined for what has no colour of its own. */
export function toneOfKind(kind: OverlayKind): Tone | undefined {
  if (kind === 'cones') return CONE
  return kind === 'poles' ? POLE : undefined
}

/** How a shape is drawn. */
export function toneOf(shape: Shape): Tone {
  if (shape.kind === 'boxes') return toneOfClass(shape.class)
  return shape.kind === 'cones' ? CONE : POLE
}
