import { MOST_WARNING_NAMES } from '../core/active-warnings.ts'
import type { Json } from '../core/frame.ts'
import { jsonOrText } from './json.ts'

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
 * @param warnings as `/ws/live` sends them: JSON, or the text where it was none
 */
export function readWarnings(warnings: Json | undefined): Warning[] {
  const byName = new Map<string, Warning>()
  for (const { name, count } of readEach(warnings)) {
    const before = byName.get(name)?.count
    byName.set(name, { name, count: before === undefined ? count : before + (count ?? 0) })
  }
  return [...byName.values()]
}

/** The names of the warnings in a detector's text; of a text that would take long to read, its beginning. */
export function warningNames(text: string): string[] {
  if (text === '') return []
  if (text.length > MOST_READ) return [text.slice(0, MOST_NAME)]
  const names = readWarnings(jsonOrText(text)).map(({ name }) => name.slice(0, MOST_NAME))
  return names.slice(0, MOST_WARNING_NAMES)
}

/** Characters. */
const MOST_READ = 16_384
const MOST_NAME = 200

/**
 * The warnings of a frame as lines for people. New detectors send a JSON object `{"warning_no_hardhat": {"count": 2}}`,
 * old ones plain lines, where a line like "No warning" in one of several languages means that there is none.
 * Whatever cannot be read is shown as it is, never dropped.
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

/** Whether a detector lists a warning only to say that there is none of it. */
function isNone(detail: Json): boolean {
  if (typeof detail === 'object' && detail !== null && 'count' in detail) return detail.count === 0
  return detail === 0 || detail === false
}

function readNamed(name: string, detail: Json): Warning {
  const plain = plainName(name)
  const more = detailOf(detail)
  return typeof more === 'string' ? { name: `${plain}: ${more}`, count: undefined } : { name: plain, count: more }
}

/** New detectors begin the name of each warning with "warning_". */
function plainName(name: string): string {
  return name.replace(/^warning_/, '')
}

/** What a detector says of a warning: how many, or some text; undefined: nothing but that there is one. */
function detailOf(detail: unknown): number | string | undefined {
  if (typeof detail === 'number' || typeof detail === 'string') return detail
  if (detail === true || detail === null) return undefined
  if (typeof detail === 'object' && 'count' in detail && typeof detail.count === 'number') return detail.count
  return typeof detail === 'object' && Object.keys(detail).length === 0 ? undefined : JSON.stringify(detail)
}
