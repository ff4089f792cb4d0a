import { toBase64 } from '../core/base64.ts'

/*
 * How the detection hub writes the names of labels and keys where they must not hold certain characters: three functions
 * that its clients have copies of, so they agree to the letter with `base64.urlsafe_b64encode` of Python.
 */

/** A text as URL-safe base64 of its UTF-8, with padding (RFC 4648, section 5). */
export function encode(text: string): string {
  return toBase64(encoder.encode(text)).replaceAll('+', '-').replaceAll('/', '_')
}

/** Whether a text looks like the result of `encode`, as many a plain name does too: "cam1". */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && FORM.test(text)
}

/** The text that was encoded; a text that does not look encoded, or is no UTF-8 once it is decoded, is returned unchanged. */
export function decode(text: string): string {
  if (!isBase64(text)) return text
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    return decoder.decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)))
  } catch {
    return text
  }
}

const FORM = /^[A-Za-z0-9\-_]+={0,2}$/
const encoder = new TextEncoder()
// A byte order mark is a character like any other, as it is to Python.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
