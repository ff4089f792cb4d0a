import type { Json } from '../../src/core/frame.ts'
import { warningLines } from '../../src/core/warnings.ts'

/** One warning of a frame. */
export interface Warning {
  /** "no_hardhat" where the detector named it so, else the line it sent. */
  readonly name: string
  /** How many, if it said so. */
  readonly count: number | undefined
}

/**
 * The warnings in a frame's annotations, whatever generation of detector sent them. None is dropped; one that is sent
 * more than once is one, with all their counts.
 */
export function readWarnings(warnings: Json | undefined): Warning[] {
  const byName = new Map<string, Warning>()
  for (const { name, count } of readEach(warnings)) {
    const before = byName.get(name)?.count
    byName.set(name, { name, count: before === undefined ? count : before + (count ?? 0) })
  }
  return [...byName.values()]
}

function readEach(warnings: Json | undefined): Warning[] {
  if (warnings === undefined || warnings === null) return []
  if (typeof warnings === 'string') return warningLines(warnings).map((name) => ({ name, count: undefined }))
  if (typeof warnings !== 'object') return [{ name: String(warnings), count: undefined }]
  if (Array.isArray(warnings)) return warnings.flatMap(readEach)
  return Object.entries(warnings)
    .filter(([, detail]) => !isNone(detail))
    .map(([name, detail]) => readNamed(name, detail))
}

/** Whether a detector lists a warning only to say that there is none of it. */
function isNone(detail: Json): boolean {
  if (typeof detail === 'object' && detail !== null && 'count' in detail) return detail.count === 0
  return detail === 0 || detail === false
}

function readNamed(name: string, detail: Json): Warning {
  const plain = name.replace(/^warning_/, '')
  if (typeof detail === 'number') return { name: plain, count: detail }
  if (typeof detail === 'object' && detail !== null && 'count' in detail && typeof detail.count === 'number')
    return { name: plain, count: detail.count }
  const isPlain = detail === true || detail === null || (typeof detail === 'object' && Object.keys(detail).length === 0)
  if (isPlain) return { name: plain, count: undefined }
  return { name: `${plain}: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`, count: undefined }
}
