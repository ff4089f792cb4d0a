import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { messageOf, Refusal } from '../core/errors.ts'
import { keptText, readKeptText } from './kept-text.ts'
import { randomText } from './secrets.ts'

/** The length of a key: AES-256. */
const KEY_BYTES = 32

/**
 * A file of the data folder with the keys that secrets in the database are encrypted with: one a line, 32 bytes each in
 * base64url, the newest last. It is made when the first secret is stored. Whoever finds an old key adds its line.
 */
export class KeyFile {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /**
   * All keys that there are, the newest last; an empty list if there is no file.
   * @throws Refusal `unavailable` when others may read the file, or it is damaged
   */
  read(): readonly Uint8Array[] {
    const text = this.#try(() => {
      const found = readKeptText(this.#path)
      if (found !== undefined) this.#checkMode()
      return found
    })
    return text === undefined ? [] : text.split(/\s*\n\s*/).map((line) => this.#keyOf(line))
  }

  /** The newest key; it is made if there is no file. @throws Refusal `unavailable`, also when it cannot be written */
  readOrMake(): Uint8Array {
    const key = this.read().at(-1)
    if (key) return key
    return this.#keyOf(
      this.#try(() => keptText(this.#path, () => randomText(KEY_BYTES)).text)
        .split('\n')
        .at(-1) ?? '',
    )
  }

  #keyOf(line: string): Uint8Array {
    const key = Buffer.from(line, 'base64url')
    if (key.length === KEY_BYTES && key.toString('base64url') === line) return key
    throw this.#refusal('is damaged: each line must be a key of 43 characters. Put it back from a backup')
  }

  /** Windows has no such modes. */
  #checkMode(): void {
    const mode = statSync(this.#path).mode & 0o777
    if (process.platform === 'win32' || (mode & 0o077) === 0) return
    const shown = mode.toString(8).padStart(4, '0')
    throw this.#refusal(`may be read by other users of this machine (its mode is ${shown}): chmod 600 it`)
  }

  #try<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if (error instanceof Refusal) throw error
      throw this.#refusal(`cannot be used (${codeOf(error)})`)
    }
  }

  /** Without the folder, which is nobody's business. */
  #refusal(problem: string): Refusal {
    return new Refusal('unavailable', `The key file ${basename(this.#path)} in the data folder ${problem}.`)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error)
}
