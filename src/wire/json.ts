import { messageOf, Refusal } from '../core/errors.ts'
import type { Json } from '../core/json.ts'

/** Parses a text as JSON, or returns it unchanged: what detectors call JSON is not always valid. */
export function jsonOrText(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    return text
  }
}

/** Whether a text is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Limits of JSON from outside. */
export interface JsonLimits {
  /** The maximum nesting depth: serializing deeper JSON overflows the stack. */
  readonly maxDepth: number
  /**
   * How many values it may hold at any depth, since each takes far more memory than the two characters it may be
   * written with. Not limited if left out.
   */
  readonly maxValues?: number
  /** The setting that `maxValues` is from. */
  readonly setting?: string
}

/**
 * Parses a JSON text from outside.
 * @param field its name in the error message, such as "metadata_json"
 * @throws Refusal `invalid` when it is not JSON, or nests too deeply; `too_large` when it holds too many values
 */
export function parseJson(field: string, text: string, limits: JsonLimits): Json {
  checkJsonText(field, text, limits)
  let value: Json
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Refusal('invalid', `${field}: is not JSON (${messageOf(error)})`)
  }
  checkJson(field, value, limits)
  return value
}

/**
 * Counts the values in a long JSON text, and how deep they nest, before it is parsed: parsing a megabyte of "[[],[],…]"
 * takes tens of ms and as many megabytes, only to be refused. What is no JSON is left to the parser.
 * @throws Refusal `invalid` when it nests too deeply; `too_large` when it holds too many values
 */
export function checkJsonText(field: string, text: string, { maxDepth, maxValues, setting }: JsonLimits): void {
  // Each value takes two characters: itself and what divides it from the next.
  if (maxValues === undefined || text.length <= 2 * maxValues) return
  let values = 1
  let depth = 0
  let isOpened = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code <= SPACE) continue
    // A list or an object has one value more than commas, unless it is empty.
    if (code === COMMA || (isOpened && code !== CLOSING_BRACKET && code !== CLOSING_BRACE)) values++
    if (values > maxValues) throw tooManyValues(field, maxValues, setting)
    isOpened = code === OPENING_BRACKET || code === OPENING_BRACE
    if (isOpened && ++depth > maxDepth) throw tooDeep(field, maxDepth)
    if (code === CLOSING_BRACKET || code === CLOSING_BRACE) depth--
    if (code === QUOTE) at = endOfString(text, at)
  }
}

/** Position of the quote that ends the string that begins at `start`, or of the end of the text. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    at = text.indexOf('"', at)
    if (at < 0) return text.length
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
    // An even number of them are pairs, each of which stands for one.
    if (backslashes % 2 === 0) return at
  }
}

/**
 * The same text with `null` in place of each `NaN`, `Infinity` and `-Infinity`, which are no JSON but what Python, among
 * others, writes for these numbers. What is within strings stays.
 */
export function withoutNonNumbers(text: string): string {
  let written = ''
  let copied = 0
  const next = /"|NaN|-?Infinity/g
  for (let found = next.exec(text); found; found = next.exec(text)) {
    if (found[0] === '"') {
      next.lastIndex = endOfString(text, found.index) + 1
      continue
    }
    written += `${text.slice(copied, found.index)}null`
    copied = next.lastIndex
  }
  return copied === 0 ? text : written + text.slice(copied)
}

const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const OPENING_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

/**
 * Checks the nesting depth of a parsed value and how many values it holds.
 * @throws Refusal `invalid` when it nests too deeply; `too_large` when it holds too many values
 */
export function checkJson(field: string, value: unknown, limits: JsonLimits): void {
  const { maxDepth, maxValues = Number.POSITIVE_INFINITY, setting } = limits
  let values = 0
  const check = (each: unknown, levels: number): void => {
    if (++values > maxValues) throw tooManyValues(field, maxValues, setting)
    if (typeof each !== 'object' || each === null) return
    if (levels === 0) throw tooDeep(field, maxDepth)
    for (const inner of Array.isArray(each) ? each : Object.values(each)) check(inner, levels - 1)
  }
  check(value, maxDepth)
}

function tooDeep(field: string, maxDepth: number): Refusal {
  return new Refusal('invalid', `${field}: nests deeper than ${maxDepth} levels`)
}

function tooManyValues(field: string, maxValues: number, setting: string | undefined): Refusal {
  const name = setting === undefined ? '' : ` (${setting})`
  return new Refusal('too_large', `${field}: at most ${maxValues} values${name}`, { limit: setting })
}

/** Whether a value is a JSON object: neither an array nor null. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
