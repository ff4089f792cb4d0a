import type { Json } from '../../src/core/frame.ts'

/** A line of the metadata's tree. */
export interface MetadataRow {
  /** The same for the same place in the next picture's metadata. */
  readonly path: string
  /** 0 for the outermost. */
  readonly depth: number
  readonly name: string
  /** What it holds, in short; for something with rows of its own: how many. */
  readonly text: string
  readonly kind: 'number' | 'text' | 'word' | 'list' | 'group'
  /** Of groups only. */
  readonly isOpen: boolean
}

/** What fits a page; more rows than these nobody reads four times a second. */
export const MOST_ROWS = 500
const DEEPEST = 12
/** Groups of up to so many entries are open before anybody touched them. */
const SMALL = 12
const LIST_PREVIEW = 6

/**
 * The rows that are seen of some metadata, top to bottom; never more than MOST_ROWS, however large or deep it is.
 * @param toggled paths of groups that the user opened or closed
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

/** What is inside of a value that gets rows of its own; undefined for what fits a line. */
function entriesOf(value: Json): readonly (readonly [string, Json])[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!isList(value)) return Object.keys(value).length > 0 ? Object.entries(value) : undefined
  if (value.length === 0 || value.every(isPlain)) return undefined
  // No more entries than there can be rows: the list may have a million.
  return value.slice(0, MOST_ROWS).map((each, index) => [String(index), each] as const)
}

function leaf(value: Json): Pick<MetadataRow, 'text' | 'kind'> {
  if (typeof value === 'number') return { text: String(value), kind: 'number' }
  if (typeof value === 'string') return { text: value, kind: 'text' }
  if (value === null || typeof value === 'boolean') return { text: String(value), kind: 'word' }
  if (!isList(value)) return { text: Object.keys(value).length > 0 ? '{…}' : '{}', kind: 'word' }
  if (!value.every(isPlain)) return { text: '[…]', kind: 'list' }
  const shown = value.slice(0, LIST_PREVIEW).map(inList).join(', ')
  return { text: value.length > LIST_PREVIEW ? `[${shown}, … ${value.length}]` : `[${shown}]`, kind: 'list' }
}

function inList(value: Json): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(5)))
  return String(value)
}

function isPlain(value: Json): boolean {
  return typeof value !== 'object' || value === null
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
