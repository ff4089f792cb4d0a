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

/**
 * The fields of a form (`application/x-www-form-urlencoded`).
 * @throws Refusal `invalid` when one is not UTF-8, naming it
 */
export function urlEncodedFields(bytes: Uint8Array): URLSearchParams {
  const text = textOf('body', bytes)
  for (const pair of text.split('&'))
    for (const [name, value] of new URLSearchParams(pair))
      if (value.includes(REPLACED) && !SENT_REPLACED.test(pair)) throw new Refusal('invalid', `${name}: is not UTF-8`)
  return new URLSearchParams(text)
}

/** What a decoder makes of bytes that are none, and how somebody may have sent it. */
const REPLACED = '\ufffd'
const SENT_REPLACED = /\ufffd|%EF%BF%BD/i

/** Drops a byte order mark at the beginning. */
const decoder = new TextDecoder('utf-8', { fatal: true })
