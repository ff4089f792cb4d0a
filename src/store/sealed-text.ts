import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** The keys that texts are sealed with. */
export interface SealingKeys {
  /** All keys that there are, 32 bytes each, the newest last; none yet: an empty list. @throws Refusal `unavailable` */
  read(): readonly Uint8Array[]
  /** The newest key, which is made if there is none. @throws Refusal `unavailable` */
  readOrMake(): Uint8Array
}

/** A text that was sealed, or why it cannot be read. */
export type Unsealed = { readonly text: string } | { readonly problem: 'lost' | 'damaged' }

/** AES-256-GCM (NIST SP 800-38D): a nonce of 96 bits, a tag of 128. */
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const VERSION = 'v1'

/**
 * Encrypts a text as `v1.KEY.BYTES`: KEY tells which key it was, BYTES (base64url) are nonce, text and tag.
 * @param place what identifies the row that it is in: it cannot be read from any other
 */
export function seal(text: string, place: string, key: Uint8Array): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(`${VERSION} ${place}`))
  const bytes = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${VERSION}.${nameOf(key)}.${bytes.toString('base64url')}`
}

/** Reads a sealed text. `lost`: its key is not among those that are there. */
export function unseal(sealed: string, place: string, keys: readonly Uint8Array[]): Unsealed {
  const [version, name, text = ''] = sealed.split('.')
  if (version !== VERSION) return { problem: 'damaged' }
  const key = keys.find((each) => nameOf(each) === name)
  if (!key) return { problem: 'lost' }
  const bytes = Buffer.from(text, 'base64url')
  // The last character may have bits that stand for nothing.
  const isWhole = bytes.length >= NONCE_BYTES + TAG_BYTES && bytes.toString('base64url') === text
  if (!isWhole) return { problem: 'damaged' }
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(`${VERSION} ${place}`))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const plain = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]
    return { text: Buffer.concat(plain).toString('utf8') }
  } catch {
    return { problem: 'damaged' }
  }
}

/** Tells keys apart, and says nothing of them. */
function nameOf(key: Uint8Array): string {
  return createHash('sha256').update('belvedere key\0').update(key).digest('base64url').slice(0, 8)
}
