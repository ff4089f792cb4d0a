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
 * Parses the warnings in a frame's annotations, whichever generation of detector sent them: JSON, where the value of each
 * name says how many objects it applies to or more about it, or plain lines. What only says that there is none
 * (`isNone`) is no warning; anything else is one, never dropped. Duplicates are merged and their counts added.
 *
 * This is the one place that decides whether there is a warning: the page, events, `/streams` and `/api/ws/stream` ask it.
 * @param warnings as sent on `/ws/live`: JSON, or the text where it is not JSON
 */
export function readWarnings(warnings: Json | undefined): Warning[] {
  const byName = new Map<string, Warning>()
  for (const found of readEach(warnings)) {
    const { name, count } = warningOf(found)
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

/** The warnings of a frame as lines for people: "no hardhat: 2". */
export function warningLines(text: string): string[] {
  return Array.from(readEach(jsonOrText(text)), ({ name, detail }) => {
    const words = detail === undefined ? name : name.replaceAll('_', ' ')
    return detail === undefined || detail === NOTHING_MORE ? words : `${words}: ${detail}`
  })
}

/** A warning as it was sent. */
interface FoundWarning {
  /** Without the prefix of new detectors. */
  readonly name: string
  /** What was sent under that name: a count, a text, or nothing; undefined where it is a line of text. */
  readonly detail: number | string | undefined
}

/** What a warning is called that has no name. */
const NAMELESS = 'warning'

/** What is sent under the name of a warning where there is no more to say. */
const NOTHING_MORE = ''

function warningOf({ name: sent, detail }: FoundWarning): Warning {
  // Whoever remembers changes of a stream by name has others that are empty, or begin with NUL.
  const name = sent.replaceAll('\0', '') || NAMELESS
  if (typeof detail === 'number') return { name, count: detail }
  return { name: detail ? `${name}: ${detail}` : name, count: undefined }
}

function* readEach(warnings: Json | undefined): Generator<FoundWarning> {
  if (warnings === undefined) return
  if (typeof warnings === 'string') {
    const lines = warnings.split(/\r?\n/).filter((line) => line.trim() !== '')
    if (lines.every(isWordForNone)) return
    for (const line of lines) yield { name: line, detail: undefined }
  } else if (typeof warnings !== 'object' && isNone(warnings)) {
    return
  } else if (typeof warnings !== 'object') {
    yield { name: String(warnings), detail: undefined }
  } else if (isList(warnings)) {
    for (const each of warnings) yield* readEach(each)
  } else {
    // New detectors prefix the name of each warning with "warning_".
    for (const [name, detail] of Object.entries(warnings ?? {}))
      if (!isNone(detail)) yield { name: name.replace(/^warning_/, ''), detail: detailOf(detail) }
  }
}

/**
 * Whether a detector says with a value that there is no warning, or that one does not apply: with nothing, a count of 0,
 * or a word for it. In a list a number may be that of an object, the first of which is 0.
 */
function isNone(value: Json): boolean {
  if (typeof value === 'string') return isWordForNone(value)
  if (isList(value)) return value.every((each) => typeof each !== 'number' && isNone(each))
  if (value === null || typeof value !== 'object') return !value
  return 'count' in value ? isNone(value.count ?? null) : Object.keys(value).length === 0
}

function isWordForNone(text: string): boolean {
  const word = asWord(text)
  return NONE.has(word) || Number(word) === 0
}

/** As words are compared: in whatever form, case and with whatever ending they were written. */
function asWord(text: string): string {
  return text
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/[.。!]$/, '')
}

const NONE = new Set(
  [
    'none',
    'ok',
    'null',
    'false',
    'no warning',
    'no warnings',
    '無警告',
    '无警告',
    "pas d'avertissement",
    'không có cảnh báo',
    'tidak ada peringatan',
    'ไม่มีคำเตือน',
  ].map(asWord),
)

/** What is said of a warning besides its name. */
function detailOf(detail: Json): number | string {
  if (typeof detail === 'number' || typeof detail === 'string') return detail
  if (typeof detail === 'boolean' || detail === null) return NOTHING_MORE
  if ('count' in detail && typeof detail.count === 'number') return detail.count
  return JSON.stringify(detail)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
