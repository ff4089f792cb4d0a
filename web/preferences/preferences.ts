import type { Json } from '../../src/core/json.ts'

/*
 * The user's preferences: wall, language, appearance, overlays, favourites, colours. The browser stores each as a separate text;
 * an account stores all in one JSON object, which other programs may extend with other fields.
 */

/** The names of all preferences. */
export const PREFERENCES = ['wall', 'language', 'theme', 'overlays', 'favourites', 'colourings'] as const

/** The name of a preference. */
export type Preference = (typeof PREFERENCES)[number]

/** The preferences that are personal data, unlike language and theme. */
export const PERSONAL = ['wall', 'overlays', 'favourites', 'colourings'] as const satisfies readonly Preference[]

/** The preferences as stored in a browser; undefined: never set. */
export type Texts = Readonly<Partial<Record<Preference, string>>>

/** The preferences as stored in an account. */
export type PreferenceDocument = Readonly<Record<string, Json>>

/** The preferences that are JSON, not plain text, in the account. */
const STRUCTURED: ReadonlySet<Preference> = new Set(['overlays', 'favourites', 'colourings'])

/** Converts an account's document to the browser's texts. Values of the wrong type count as never set. */
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

/** The document with changed preferences; undefined removes one. Unknown fields are kept. */
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

/** Checks a response. @throws TypeError when it is not a JSON object */
export function readDocument(answer: unknown): PreferenceDocument {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
    throw new TypeError('preferences: must be a JSON object')
  return { ...answer }
}

/**
 * Merges the browser's preferences with an account's after sign-in.
 * @param before the stored preferences and their owner: an account's id, or undefined for a guest
 * @param now the signed-in account and its preferences
 * @returns the new texts; a guest's preferences are kept where the account has none, another account's are not
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
