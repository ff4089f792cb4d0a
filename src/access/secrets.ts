import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A random text that cannot be guessed, in URL-safe characters (base64url). @param bytes of randomness */
export function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}

/**
 * SHA-256 in base64url, to store random secrets that are too long to guess. Not for passwords, which need a slow hash.
 */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Makes a constant-time comparison with a secret: the time tells nothing of another text but whether its length is right. */
export function comparerOf(secret: string): (text: string) => boolean {
  const bytes = Buffer.from(secret)
  return (text) => {
    const other = Buffer.from(text)
    return other.length === bytes.length && timingSafeEqual(other, bytes)
  }
}
