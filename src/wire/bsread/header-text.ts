import { isJsonObject } from '../json.ts'

/** The fields of a header. */
export type HeaderFields = Readonly<Record<string, unknown>>

/** Decodes UTF-8 strictly. @returns undefined if it is none */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes)
  } catch {
    return undefined
  }
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses a header.
 * @param reviver as that of `JSON.parse`
 * @returns undefined unless it is a JSON object
 */
export function fieldsOf(text: string, reviver?: Reviver): HeaderFields | undefined {
  try {
    const value: unknown = JSON.parse(text, reviver)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Changes values while they are parsed. `source` is how a number is written (ECMAScript 2026; Node 22, all browsers since 2025). */
export type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown

/** Whether a value is an integer from 0 that has not been rounded. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && typeof value === 'number' && value >= 0
}
