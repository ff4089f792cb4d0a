import { endOfString } from './json.ts'

/**
 * The fields of a JSON object as texts, each as it was written; of a name that occurs more than once the last, as
 * `JSON.parse` does.
 * @param text a valid JSON object, which `JSON.parse` has taken
 */
export function jsonFields(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (let at = text.indexOf('"'); at >= 0 && at < text.length; ) {
    const nameEnd = endOfString(text, at) + 1
    const name: string = JSON.parse(text.slice(at, nameEnd))
    const start = skipSpace(text, text.indexOf(':', nameEnd) + 1)
    const end = endOfValue(text, start)
    fields.set(name, text.slice(start, end).trimEnd())
    // Behind the comma, or behind the end of the object.
    at = text.indexOf('"', end)
  }
  return fields
}

/**
 * The elements of a JSON list as texts, each as it was written.
 * @param text valid JSON, which `JSON.parse` has taken
 * @returns undefined if it is no list
 */
export function jsonElements(text: string): string[] | undefined {
  const opening = skipSpace(text, 0)
  if (text.charCodeAt(opening) !== OPENING_BRACKET) return undefined
  const elements: string[] = []
  for (let at = skipSpace(text, opening + 1); text.charCodeAt(at) !== CLOSING_BRACKET && at < text.length; ) {
    const end = endOfValue(text, at)
    elements.push(text.slice(at, end).trimEnd())
    // Behind the comma, or at the end of the list.
    at = text.charCodeAt(end) === COMMA ? skipSpace(text, end + 1) : end
  }
  return elements
}

/** Where the value that begins there ends: at the comma or bracket behind it that is not within it. */
function endOfValue(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === OPENING_BRACKET || code === OPENING_BRACE) depth++
    else if (code === COMMA && depth === 0) return at
    else if ((code === CLOSING_BRACKET || code === CLOSING_BRACE) && depth-- === 0) return at
  }
  return text.length
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) <= SPACE) at++
  return at
}

const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d
