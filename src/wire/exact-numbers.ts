/**
 * As `JSON.parse`, but numbers that JavaScript cannot hold are texts with the digits that were sent, as those of
 * instruments are: integers beyond 2⁵³ (ids and times of 64 bits), numbers that are too large or too small for it (1e400),
 * and those of more than 17 digits. A double gives the others back as they were.
 * @throws SyntaxError when it is no JSON
 */
export function parseExact(text: string): unknown {
  return JSON.parse(mayRound(text) ? text.replace(STRING_OR_NUMBER, quotedIfNeeded) : text)
}

/** Whether a text may have numbers that `JSON.parse` would round and `parseExact` gives as texts: told in one look. */
export function mayRound(text: string): boolean {
  return SUSPICIOUS.test(text)
}

/** Finds all of them, and sometimes others. */
const SUSPICIOUS = /(?:^|[^.\d])\d{16}|[\d.]{19}|\d[eE][+-]?\d{3}/
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

function quotedIfNeeded(token: string): string {
  return token.startsWith('"') || isHeld(token) ? token : `"${token}"`
}

/** Whether a double stands for that number and no other that is written with as many digits. */
function isHeld(token: string): boolean {
  const number = Number(token)
  if (/^-?\d+$/.test(token)) return Number.isSafeInteger(number)
  const digits = token.replace(/[eE].*/, '').replace(/^[-0.]+|\./g, '')
  return Number.isFinite(number) && (number !== 0 || digits === '') && digits.length <= MOST_DIGITS
}

/** As many as it takes to tell all doubles apart. */
const MOST_DIGITS = 17
