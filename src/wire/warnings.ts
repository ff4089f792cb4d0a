import { MAX_WARNING_NAMES } from '../core/active-warnings.ts'
import type { Json } from '../core/json.ts'
import { jsonOrText } from './json.ts'

/** One warning of a frame. */
export interface Warning {
  /** "no_hardhat" if the detector sends names, else the line it sent. */
  readonly name: string
  /** How many objects it applies to, if known. */
  readonly count: number | undefined
}

/**
 * Parses the warnings in a frame's annotations, whichever generation of detector sent them. None is dropped; duplicates
 * are merged and their counts added.
 * @param warnings as sent on `/ws/live`: JSON, or the text where it is not JSON
 */
export function readWarnings(warnings: Json | undefined): Warning[] {
  const byName = new Map<string, Warning>()
  for (const { name, count } of readEach(warnings)) {
    const before = byName.get(name)?.count
    byName.set(name, { name, count: before === undefined ? count : before + (count ?? 0) })
  }
  return [...byName.values()]
}

/** The names of the warnings in a detector's text; for a text that would take long to parse, its first characters. */
export function warningNames(text: string): string[] {
  if (text === '') return []
  if (text.length > MAX_TEXT_LENGTH) return [text.slice(0, MAX_NAME_LENGTH)]
  const names = readWarnings(jsonOrText(text)).map(({ name }) => name.slice(0, MAX_NAME_LENGTH))
  return names.slice(0, MAX_WARNING_NAMES)
}

/** Limits in characters. */
const MAX_TEXT_LENGTH = 16_384
const MAX_NAME_LENGTH = 200

/**
 * The warnings of a frame as lines for people. New detectors send a JSON object `{"warning_no_hardhat": {"count": 2}}`,
 * old ones plain lines, where a line such as "No warning" in one of several languages means that there is none. What
 * cannot be parsed is shown as it is, never dropped.
 */
export function warningLines(text: string): string[] {
  const trimmed = text.trim()
  if (trimmed.startsWith('{')) {
    try {
      const value: unknown = JSON.parse(trimmed)
      if (typeof value === 'object' && value !== null) return Object.entries(value).map(([name, of]) => line(name, of))
    } catch {
      // Not JSON after all: plain lines.
    }
  }
  const lines = trimmed.split(/\r?\n/).filter((each) => each.trim() !== '')
  const first = lines[0]
  return lines.length === 1 && first !== undefined && NONE.has(first.trim().toLowerCase().replace(/\.$/, ''))
    ? []
    : lines
}

const NONE = new Set([
  'no warning',
  '無警告',
  '无警告',
  "pas d'avertissement",
  'không có cảnh báo',
  'tidak ada peringatan',
  'ไม่มีคำเตือน',
])

function line(name: string, detail: unknown): string {
  const words = plainName(name).replaceAll('_', ' ')
  const more = detailOf(detail)
  return more === undefined ? words : `${words}: ${more}`
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

/** Whether a detector lists a warning only to say that it does not apply. */
function isNone(detail: Json): boolean {
  if (typeof detail === 'object' && detail !== null && 'count' in detail) return detail.count === 0
  return detail === 0 || detail === false
}

function readNamed(name: string, detail: Json): Warning {
  const plain = plainName(name)
  const more = detailOf(detail)
  return typeof more === 'string' ? { name: `${plain}: ${more}`, count: undefined } : { name: plain, count: more }
}

/** New detectors prefix the name of each warning with "warning_". */
function plainName(name: string): string {
  return name.replace(/^warning_/, '')
}

/** The value a detector gives for a warning: a count or a text; undefined if there is nothing but the name. */
function detailOf(detail: unknown): number | string | undefined {
  if (typeof detail === 'number' || typeof detail === 'string') return detail
  if (detail === true || detail === null) return undefined
  if (typeof detail === 'object' && 'count' in detail && typeof detail.count === 'number') return detail.count
  return typeof detail === 'object' && Object.keys(detail).length === 0 ? undefined : JSON.stringify(detail)
}
