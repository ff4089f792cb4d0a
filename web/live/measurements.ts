import type { Metadata } from '../../src/core/frame.ts'
import type { Json } from '../../src/core/json.ts'
import { numberText } from './number-text.ts'

/** A single value that was measured with a picture. */
export interface Measurement {
  readonly name: string
  readonly text: string
}

/** The first single values of the metadata, for where there is little room: profiles and long texts are left out. */
export function measurementsOf(metadata: Metadata | undefined): readonly Measurement[] {
  const measurements: Measurement[] = []
  for (const [name, value] of Object.entries(metadata ?? {})) {
    const text = shortText(value)
    if (text !== undefined) measurements.push({ name, text })
    if (measurements.length === MOST) break
  }
  return measurements
}

function shortText(value: Json): string | undefined {
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value.length <= LONGEST ? value : undefined
}

/** No more fit on a tile. */
const MOST = 8
/** Characters; 64-bit numbers and times have up to 20. */
const LONGEST = 24
