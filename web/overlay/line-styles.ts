import type { OverlayKind } from './overlay-choice.ts'
import type { Shape } from './shapes.ts'

/** How a class looks: its colour over any picture, and whether its line is dashed. */
export interface LineStyle {
  /** A light, saturated colour, on which dark text can be read (7 : 1). */
  readonly colour: string
  /** For what is missing: who does not tell red from green sees it as well. */
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

/** Looked for in this order; the first word that the class's name holds counts. */
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

/** How a class is drawn, by its name. */
export function lineStyleOfClass(name: string): LineStyle {
  const found = known.get(name)
  if (found) return found
  const plain = name.toLowerCase()
  const lineStyle = LINE_STYLES.find(([word]) => word.test(plain))?.[1] ?? OTHER
  // Names come from outside: a source that invents new ones all the time must not fill the memory.
  if (known.size < 1000) known.set(name, lineStyle)
  return lineStyle
}

/** How areas are drawn; undefined for what has no colour of its own. */
export function lineStyleOfKind(kind: OverlayKind): LineStyle | undefined {
  if (kind === 'cones') return CONE
  return kind === 'poles' ? POLE : undefined
}

/** How a shape is drawn. */
export function lineStyleOf(shape: Shape): LineStyle {
  if (shape.kind === 'boxes') return lineStyleOfClass(shape.class)
  return shape.kind === 'cones' ? CONE : POLE
}
