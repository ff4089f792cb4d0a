import type { Json } from '../../src/core/json.ts'
import { numberText } from '../live/number-text.ts'

/** A row of the metadata tree. */
export interface MetadataRow {
  /** The path within the metadata; stable from picture to picture. */
  readonly path: string
  /** The nesting depth; 0 for top-level entries. */
  readonly depth: number
  readonly name: string
  /** The value in short; for groups the number of entries. */
  readonly text: string
  /** Of a number all digits. */
  readonly exact?: string
  readonly kind: 'number' | 'text' | 'word' | 'list' | 'profile' | 'group'
  /** For profiles only: many numbers, of which `text` has the first ones. */
  readonly profile?: Profile
  /** For groups only. */
  readonly isOpen: boolean
}

/** What is shown of a long list of numbers. */
export interface Profile {
  readonly values: readonly (number | null)[]
  /** Of the numbers in it, which may lack values; undefined if it has none at all. */
  readonly range: { readonly min: string; readonly max: string } | undefined
}

/** The maximum number of rows; nobody could read more at four updates per second. */
export const MOST_ROWS = 500
const DEEPEST = 12
/** Groups of up to this many entries are expanded by default. */
const SMALL = 12
const LIST_PREVIEW = 6
/** Lists of numbers that are longer are profiles. */
const LONGEST_LIST = 16

/**
 * Flattens metadata into the visible rows, top to bottom; at most MOST_ROWS, however large or deep it is.
 * @param toggled the paths of groups that the user has expanded or collapsed
 */
export function metadataRows(
  entries: readonly (readonly [string, Json])[],
  toggled: ReadonlySet<string>,
): MetadataRow[] {
  const rows: MetadataRow[] = []
  addRows(rows, entries, '', 0, toggled)
  return rows
}

function addRows(
  rows: MetadataRow[],
  entries: Iterable<readonly [string, Json]>,
  parent: string,
  depth: number,
  toggled: ReadonlySet<string>,
): void {
  for (const [name, value] of entries) {
    if (rows.length >= MOST_ROWS) return
    const path = `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const inner = depth < DEEPEST ? entriesOf(value) : undefined
    if (!inner) {
      rows.push({ path, depth, name, isOpen: false, ...leaf(value) })
      continue
    }
    const isOpen = (depth === 0 && inner.length <= SMALL) !== toggled.has(path)
    rows.push({ path, depth, name, text: String(inner.length), kind: 'group', isOpen })
    if (isOpen) addRows(rows, inner, path, depth + 1, toggled)
  }
}

/** The entries of an array or object; undefined for a value that fits on one line. */
function entriesOf(value: Json): readonly (readonly [string, Json])[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!isList(value)) return Object.keys(value).length > 0 ? Object.entries(value) : undefined
  if (value.length === 0 || value.every(isPlain)) return undefined
  // No more entries than rows: the array may have a million.
  return value.slice(0, MOST_ROWS).map((each, index) => [String(index), each] as const)
}

function leaf(value: Json): Pick<MetadataRow, 'text' | 'exact' | 'kind' | 'profile'> {
  if (typeof value === 'number') return { text: numberText(value), exact: String(value), kind: 'number' }
  if (typeof value === 'string') return { text: value, kind: 'text' }
  if (value === null || typeof value === 'boolean') return { text: String(value), kind: 'word' }
  if (!isList(value)) return { text: Object.keys(value).length > 0 ? '{…}' : '{}', kind: 'word' }
  if (!value.every(isPlain)) return { text: '[…]', kind: 'list' }
  const shown = value.slice(0, LIST_PREVIEW).map(inList).join(', ')
  const text = value.length > LIST_PREVIEW ? `[${shown}, … ${value.length}]` : `[${shown}]`
  const profile = value.length > LONGEST_LIST ? profileOf(value) : undefined
  return profile ? { text, kind: 'profile', profile } : { text, kind: 'list' }
}

/** @returns undefined if something other than numbers and missing values (null) is in the list */
function profileOf(values: readonly Json[]): Profile | undefined {
  if (!values.every(isNumberOrMissing)) return undefined
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value === null) continue
    if (value < min) min = value
    if (value > max) max = value
  }
  return { values, range: min <= max ? { min: inShort(min), max: inShort(max) } : undefined }
}

function isNumberOrMissing(value: Json): value is number | null {
  return typeof value === 'number' || value === null
}

function inList(value: Json): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(5)))
  return String(value)
}

/** To four digits: that is enough to see where the values lie. */
function inShort(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)))
}

function isPlain(value: Json): boolean {
  return typeof value !== 'object' || value === null
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
