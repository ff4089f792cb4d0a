import type { Json } from '../core/json.ts'

/*
 * JSON that is passed on as it came. `JSON.parse` rounds: 1610521604143693812 becomes 1610521604143693800, 1e400 becomes
 * null, 1.0 becomes 1. So what was checked as JSON is kept as text beside its value, and the text is what is sent on.
 */

/** A JSON text that was checked, to be put into a document as it is. */
export class JsonText {
  readonly text: string

  /** @param text valid JSON: nobody checks it again */
  constructor(text: string) {
    this.text = text
  }

  /** For `JSON.stringify`, which cannot take a text as it is: only `writeJson` can. */
  toJSON(): unknown {
    if (!collected) return JSON.parse(this.text)
    collected.push(this.text)
    return PLACE
  }
}

/** Fields of an object as JSON texts that were checked; undefined: left out. */
export type SentFields = Readonly<Record<string, string | undefined>>

/**
 * Adds fields to the JSON of an object, as they are: for messages of pictures, in a fraction of the time of `writeJson`.
 * @param json of an object
 * @param fields their names need no escapes
 */
export function withFields(json: string, fields: SentFields): string {
  let written = json.slice(0, -1)
  for (const name in fields) {
    const text = fields[name]
    if (text !== undefined) written += `${written.length > 1 ? ',' : ''}"${name}":${text}`
  }
  return `${written}}`
}

/** The JSON that a value was sent as, where it is known, else that of the value. */
export function sentText(value: Json, text: string | undefined): string {
  return text ?? JSON.stringify(value)
}

/** The text that a value was sent as, where it is known, else the value: for `writeJson`. */
export function asSent<Value>(value: Value, text: string | undefined): Value | JsonText {
  return text === undefined ? value : new JsonText(text)
}

/** The text that a value was sent as, unless writing the value gives the same. */
export function textToKeep(text: string, value: Json): string | undefined {
  return JSON.stringify(value) === text ? undefined : text
}

/** As `JSON.stringify`, with each `JsonText` in the value as it is. */
export function writeJson(value: unknown): string {
  const texts: string[] = []
  collected = texts
  let json: string
  try {
    json = JSON.stringify(value)
  } finally {
    collected = undefined
  }
  let written = ''
  let at = 0
  for (const text of texts) {
    const place = json.indexOf(QUOTED_PLACE, at)
    written += json.slice(at, place) + text
    at = place + QUOTED_PLACE.length
  }
  return texts.length === 0 ? json : written + json.slice(at)
}

/** The texts that `JSON.stringify` has met, in their order; undefined unless `writeJson` has called it. */
let collected: string[] | undefined

/** What stands for each until it is put there. Nobody else knows it, so it is in no value from outside. */
const PLACE = crypto.getRandomValues(new Uint32Array(4)).join('-')
const QUOTED_PLACE = `"${PLACE}"`
