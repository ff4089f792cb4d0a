import type { ElementType, RawArray } from '../core/payload.ts'

/*
 * Arrays as text for people and programs. Numbers have as many digits as tell them from all others of 64 bits, integers
 * of 64 bits all of theirs.
 */

/** Consecutive values of an array that is written piece by piece. */
export interface RawPiece {
  /** At least one. */
  readonly values: RawArray['values']
  /** The number of the first of them within the array. */
  readonly from: number
  /** The shape of the whole array. */
  readonly shape: readonly number[]
}

/** An array without values in JSON. */
export const EMPTY_JSON = '[]'

/**
 * A piece of an array in JSON, which all pieces one after another are: lists in lists as its shape says, a bare value where there is
 * one. NaN and the infinities, which JSON does not have, are null.
 */
export function jsonOfPiece({ values, from, shape }: RawPiece, type: ElementType): string {
  const write = type === 'bool' ? jsonOfBool : jsonOfNumber
  if (shape.every((length) => length === 1)) return textOf(values, from, write, () => ['', ''])
  // How many values each list of lists has, the outermost first.
  const sizes = shape.map((_, i) => shape.slice(i).reduce((product, length) => product * length, 1))
  const row = sizes.at(-1) ?? 1
  return textOf(values, from, write, (i) => {
    const isFirst = i % row === 0
    const isLast = (i + 1) % row === 0
    const comma = i > 0 ? ',' : ''
    if (!isFirst && !isLast) return [comma, '']
    return [
      comma + '['.repeat(sizes.filter((size) => i % size === 0).length),
      ']'.repeat(sizes.filter((size) => (i + 1) % size === 0).length),
    ]
  })
}

/**
 * A piece of an array in CSV: a line for each row, which is its last dimension; of an array with one dimension a line for each
 * value. Booleans are 0 and 1; NaN and the infinities nan, inf and -inf.
 */
export function csvOfPiece({ values, from, shape }: RawPiece): string {
  const row = shape.length < 2 ? 1 : (shape.at(-1) ?? 1)
  return textOf(values, from, csvOfNumber, (i) => [i % row === 0 ? '' : ',', (i + 1) % row === 0 ? '\n' : ''])
}

/** A text in CSV: quoted, so that its commas and lines are part of it. */
export function csvOfText(text: string): string {
  return `"${text.replaceAll('"', '""')}"\n`
}

/** @param around what comes before and after the value with that number */
function textOf(
  values: RawArray['values'],
  from: number,
  write: (value: number | bigint) => string,
  around: (index: number) => readonly [string, string],
): string {
  let text = ''
  let index = from
  for (const value of values) {
    const [before, after] = around(index)
    text += before + write(value) + after
    index++
  }
  return text
}

function jsonOfBool(value: number | bigint): string {
  return value ? 'true' : 'false'
}

function jsonOfNumber(value: number | bigint): string {
  return typeof value === 'number' && !Number.isFinite(value) ? 'null' : digitsOf(value)
}

function csvOfNumber(value: number | bigint): string {
  if (typeof value === 'bigint' || Number.isFinite(value)) return digitsOf(value)
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
}

function digitsOf(value: number | bigint): string {
  // As an integer it would lose its sign in Python.
  return Object.is(value, -0) ? '-0.0' : String(value)
}
