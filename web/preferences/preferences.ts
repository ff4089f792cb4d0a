import type { Json } from '../../src/core/frame.ts'

/*
 * What somebody has set up: the wall, the language, the appearance, what is not drawn, the favourites. A browser
 * remembers each as a text of its own; an account keeps all in one JSON object, of which other programs may use other
 * fields.
 */

/** What there is to set up. */
export const PREFERENCES = ['wall', 'language', 'theme', 'overlays', 'favourites'] as const

/** One of them. */
export type Preference = (typeof PREFERENCES)[number]

/** Those that tell of somebody. How a page looks is nobody's secret. */
export const PERSONAL = ['wall', 'overlays', 'favourites'] as const satisfies readonly Preference[]

/** As a browser remembers them; undefined: never chosen. */
export type Texts = Readonly<Partial<Record<Preference, string>>>

/** As an account keeps them. */
export type PreferenceDocument = Readonly<Record<string, Json>>

/** In the account they are more than a text. */
const STRUCTURED: ReadonlySet<Preference> = new Set(['overlays', 'favourites'])

/** What in an account's document is ours, as the browser's texts. What is not of its kind counts as never chosen. */
export function textsOfDocument(document: PreferenceDocument): Texts {
  const texts: Partial<Record<Preference, string>> = {}
  for (const name of PREFERENCES) {
    const value = document[name]
    if (STRUCTURED.has(name)) {
      if (typeof value === 'object' && value !== null) texts[name] = JSON.stringify(value)
    } else if (typeof value === 'string') texts[name] = value
  }
  return texts
}

/** The document with other values for some; undefined takes one out. What is not ours stays as it is. */
export function withTexts(
  document: PreferenceDocument,
  changes: ReadonlyMap<Preference, string | undefined>,
): PreferenceDocument {
  const changed: Record<string, Json> = { ...document }
  for (const [name, text] of changes) {
    const value = text === undefined ? undefined : jsonOf(name, text)
    if (value === undefined) delete changed[name]
    else changed[name] = value
  }
  return changed
}

/** @throws TypeError when it is no JSON object */
export function readDocument(answer: unknown): PreferenceDocument {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
    throw new TypeError('preferences: must be a JSON object')
  return { ...answer }
}

/**
 * What a browser remembers when its page is somebody's.
 * @param before what it remembered, and of whom: an account's id, or undefined for guests
 * @param now who it is now, and what their account keeps
 * @returns the new texts; what a guest had set up stays where the account says nothing, what is another's does not
 */
export function takenOver(
  before: { readonly texts: Texts; readonly owner: string | undefined },
  now: { readonly texts: Texts; readonly owner: string | undefined },
): Texts {
  if (before.owner === now.owner || before.owner === undefined) return { ...before.texts, ...now.texts }
  const kept: Partial<Record<Preference, string>> = { ...before.texts }
  for (const name of PERSONAL) delete kept[name]
  return { ...kept, ...now.texts }
}

function jsonOf(name: Preference, text: string): Json | undefined {
  if (!STRUCTURED.has(name)) return text
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
