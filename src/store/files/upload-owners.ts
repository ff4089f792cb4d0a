import { createHmac, randomBytes } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** How many characters of a name tell its owner. */
export const TAG_LENGTH = 4

/**
 * Tags that tell in the name of an upload whose it is, so that shares hold across restarts without a database: the
 * beginning of a keyed hash (HMAC) of the owner's id. Whoever does not know the key learns nothing from them. Two owners
 * may have the same tag by chance (24 bits); then they have one share.
 */
export class UploadOwners {
  readonly #folder: string
  #key: Promise<Buffer> | undefined

  /** @param folder where the key is kept; must exist when `tagOf` is called */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** The tag of an owner, of `TAG_LENGTH` characters in base64url. */
  async tagOf(id: string): Promise<string> {
    this.#key ??= this.#open().catch((error) => {
      this.#key = undefined
      throw error
    })
    return createHmac('sha256', await this.#key)
      .update(id)
      .digest('base64url')
      .slice(0, TAG_LENGTH)
  }

  /** Reads the key, or makes one if there is none. */
  async #open(): Promise<Buffer> {
    const path = join(this.#folder, KEY_NAME)
    const made = randomBytes(KEY_BYTES)
    try {
      // Exclusively: never replaces the key of the files that are there.
      await writeFile(path, made, { mode: 0o600, flag: 'wx' })
      return made
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const known = await readFile(path)
    if (known.length === KEY_BYTES) return known
    // The server was killed before the first key was written, so nothing has been made with it.
    const unfinished = `${path}-new`
    await rm(unfinished, { force: true })
    await writeFile(unfinished, made, { mode: 0o600, flag: 'wx' })
    await rename(unfinished, path)
    return made
  }
}

/** Hidden, and no name that an upload can have. */
const KEY_NAME = '.owner-key'
const KEY_BYTES = 32
