import type { OverlayKind } from './overlay-choice.ts'
import type { Shape } from './shapes.ts'

/** The line style of a class: colour and dashing. */
export interface LineStyle {
  /** A light, saturated colour, with a contrast of 7 : 1 to dark text. */
  readonly colour: string
  /** Dashed for missing equipment, so that it is recognizable with colour blindness, too. */
  readonly isDashed: boolean
}

const MISSING: LineStyle = { colour: '#ff7a5c', isDashed: true }
const WORN: LineStyle = { colour: '#2fdcbf', isDashed: false }
const PERSON: LineStyle = { colour: '#9ad1ff', isDashed: false }
const CONE: LineStyle = { colour: '#ffab2e', isDashed: false }
const MACHINE: LineStyle = { colour: '#c9a7ff', isDashed: false }
const VEHICLE: LineStyle = { colour: '#ffe45c', isDashed: false }
const POLE: LineStyle = { colour: '#d3f06a', isDashed: false }
const OTHER: LineStyle = { colour: '#e7ecef', isDashed: false }

/** By patterns of class names; the first match counts. */
const LINE_STYLES: readonly (readonly [RegExp, LineStyle])[] = [
  [/^(no|without|missing)[\s_-]/, MISSING],
  [/hard\s?hat|helmet|vest|mask|glove|boots|goggles/, WORN],
  [/person|people|worker|man\b/, PERSON],
  [/cone/, CONE],
  [/machine|excavator|crane|loader|roller/, MACHINE],
  [/vehicle|car\b|truck|bus\b|van\b/, VEHICLE],
  [/pole/, POLE],
]

const known = new Map<string, LineStyle>()

/** The line style of a class, by its name. */
export function lineStyleOfClass(name: string): LineStyle {
  const found = known.get(name)
  if (found) return found
  const plain = name.toLowerCase()
  const lineStyle = LINE_STYLES.find(([word]) => word.test(plain))?.[1] ?? OTHER
  // Bounded: class names come from detectors, and endless new ones must not fill the memory.
  if (known.size < 1000) known.set(name, lineStyle)
  return lineStyle
}

/** The line style of a kind of polygon; undefined for kinds without a colour of their own. */
export function lineStyleOfKind(kind: OverlayKind): LineStyle | undefined {
  if (kind === 'cones') return CONE
  return kind === 'poles' ? POLE : undefined
}

/** The line style of a shape. */
export function lineStyleOf(shape: Shape): LineStyle {
  if (shape.kind === 'boxes') return lineStyleOfClass(shape.class)
  return shape.kind === 'cones' ? CONE : POLE
}
