/*
 * Search for a byte sequence. `Buffer` has one, but this also runs in browsers, and its worst case is not linear either.
 */

/**
 * The position of the first occurrence of `pattern` at or after `from`; -1 if there is none. Linear in the length of
 * `bytes`, whatever they are.
 * @param pattern not empty
 */
export function indexOfBytes(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  const [first] = pattern
  if (first === undefined) return -1
  // The native search for one byte is fastest by far, as long as the byte is rare.
  let candidates = 0
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (startsWithAt(bytes, pattern, at)) return at
    if (++candidates * MIN_SPACING > at - from + FREE_BYTES) return searchLinearly(bytes, pattern, at + 1)
  }
  return -1
}

/** Whether the pattern is at that position. */
export function startsWithAt(bytes: Uint8Array, pattern: Uint8Array, at: number): boolean {
  for (let i = 0; i < pattern.length; i++) if (bytes[at + i] !== pattern[i]) return false
  return true
}

/** When false candidates are closer together than this on average, calling the native search for each costs more. */
const MIN_SPACING = 64
/** Short inputs are not worth the table. */
const FREE_BYTES = 4096

/** The algorithm of Knuth, Morris and Pratt: never goes back in `bytes`. */
function searchLinearly(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  const borders = bordersOf(pattern)
  let matched = 0
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    while (matched > 0 && pattern[matched] !== byte) matched = borders[matched - 1] ?? 0
    if (pattern[matched] === byte) matched++
    if (matched === pattern.length) return at + 1 - matched
  }
  return -1
}

/** For each prefix of the pattern: the length of the longest proper prefix of it that is also its suffix. */
function bordersOf(pattern: Uint8Array): Uint32Array {
  const borders = new Uint32Array(pattern.length)
  let border = 0
  for (let at = 1; at < pattern.length; at++) {
    while (border > 0 && pattern[border] !== pattern[at]) border = borders[border - 1] ?? 0
    if (pattern[border] === pattern[at]) border++
    borders[at] = border
  }
  return borders
}
