/** Letters and digits that are not confused when read aloud or copied by hand. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 4
const GROUP_LENGTH = 5

/**
 * Generates a strong password (99 bits of entropy) that is easy to type on a phone: "k7mqd-x2hdw-…".
 * @param random returns `count` random bytes
 */
export function generatePassword(random: (count: number) => Uint8Array = randomBytes): string {
  const letters: string[] = []
  while (letters.length < GROUPS * GROUP_LENGTH) {
    for (const byte of random(32)) {
      // Rejection sampling: bytes above the last multiple would favour the first letters (modulo bias).
      if (byte < 256 - (256 % LETTERS.length)) letters.push(LETTERS.charAt(byte % LETTERS.length))
    }
  }
  const groups = Array.from({ length: GROUPS }, (_, n) => letters.slice(n * GROUP_LENGTH, (n + 1) * GROUP_LENGTH))
  return groups.map((group) => group.join('')).join('-')
}

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count))
}
