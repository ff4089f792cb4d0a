import { Refusal } from '../core/errors.ts'

/**
 * The text that bytes from outside are. They must be UTF-8: a decoder that replaces what is not would make one name, or
 * one text, of different ones.
 * @param field what it is, for the error message
 * @throws Refusal `invalid` when they are not UTF-8
 */
export function textOf(field: string, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new Refusal('invalid', `${field}: is not UTF-8`)
  }
}

/** Drops a byte order mark at the beginning. */
const decoder = new TextDecoder('utf-8', { fatal: true })
