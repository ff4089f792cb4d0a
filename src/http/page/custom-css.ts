import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { ConfigError } from '../../config/config-error.ts'
import { messageOf } from '../../core/errors.ts'

/** The operator's own style sheet (`page.custom_css`), read again when its file has changed. */
export class CustomCss {
  readonly #path: string
  #version = ''
  #text: Buffer = Buffer.alloc(0)
  /** A few letters that are others when the text is. */
  #hash = ''

  /** @throws ConfigError when there is no such file or it cannot be read */
  constructor(path: string) {
    this.#path = path
    try {
      this.#read()
    } catch (error) {
      throw new ConfigError([reasonOf(path, error)])
    }
  }

  /** The style sheet as it is now. A file that went stays as it was last, so that a page never loses its look. */
  get current(): { readonly text: Buffer; readonly hash: string } {
    try {
      this.#read()
    } catch {
      // An editor may be about to put a new file in its place.
    }
    return { text: this.#text, hash: this.#hash }
  }

  #read(): void {
    const { mtimeMs, size, ino } = statSync(this.#path)
    const version = `${mtimeMs} ${size} ${ino}`
    if (version === this.#version) return
    this.#text = readFileSync(this.#path)
    this.#hash = createHash('sha256').update(this.#text).digest('base64url').slice(0, 12)
    this.#version = version
  }
}

function reasonOf(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return `page.custom_css: the file ${path} does not exist.`
  if (code === 'EISDIR') return `page.custom_css: ${path} is a folder, not a file.`
  return `page.custom_css: ${path} cannot be read: ${messageOf(error)}.`
}
