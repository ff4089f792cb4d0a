import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { ConfigError } from '../../config/config-error.ts'
import { messageOf } from '../../core/errors.ts'

/** The operator's own style sheet (`page.custom_css`), reloaded when its file changes. */
export class CustomCss {
  readonly #path: string
  #version = ''
  #text: Buffer = Buffer.alloc(0)
  /** A short content hash: 12 characters of SHA-256, base64url. */
  #hash = ''

  /** @throws ConfigError when the file does not exist or cannot be read */
  constructor(path: string) {
    this.#path = path
    try {
      this.#read()
    } catch (error) {
      throw new ConfigError([reasonOf(path, error)])
    }
  }

  /** The current style sheet. If the file has disappeared, the last version read, so that pages keep their styles. */
  get current(): { readonly text: Buffer; readonly hash: string } {
    try {
      this.#read()
    } catch {
      // An editor may be replacing the file at this moment.
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
