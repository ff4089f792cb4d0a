import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A text that nobody can guess, of letters that need no encoding in addresses. @param bytes of randomness */
export function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}

/** SHA-256, base64url: enough to keep a random secret by, which nobody can try out. Not for passwords. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Constant-time comparison: whether two secrets are the same, in a time that tells nothing of where they differ. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}
