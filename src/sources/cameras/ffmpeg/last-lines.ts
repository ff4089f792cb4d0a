import type { Readable } from 'node:stream'
import type { Clock } from '../../../core/clock.ts'
import { MASK, maskSecrets } from '../../../core/url-secrets.ts'

/** How many lines are kept, and how much of each. */
const KEPT_LINES = 20
const LINE_CHARACTERS = 300
/** Secrets are looked for in more than is kept, so that none is cut in two. */
const MASKED_CHARACTERS = 4 * LINE_CHARACTERS
/** How much is read in each period; a program that writes more waits, so that reading it costs next to nothing. */
const PERIOD_BYTES = 65_536
const PERIOD_MS = 100

/** The last lines that a program writes to its standard error, without secrets. */
export class LastLines {
  readonly #secrets: readonly string[]
  readonly #lines: string[] = []
  /** The beginning of a line whose end has not come. */
  #rest = ''

  /** @param secrets are masked wherever they are, besides what looks like one */
  constructor(pipe: Readable, clock: Clock, secrets: readonly string[]) {
    this.#secrets = secrets.filter((secret) => secret !== '').toSorted((a, b) => b.length - a.length)
    let read = 0
    pipe.setEncoding('utf8')
    pipe.on('data', (text: string) => {
      this.#take(text)
      if (read === 0)
        clock.after(PERIOD_MS, () => {
          read = 0
          pipe.resume()
        })
      read += text.length
      if (read > PERIOD_BYTES) pipe.pause()
    })
    pipe.on('error', () => {})
  }

  /** The oldest first. */
  get all(): readonly string[] {
    return this.#rest === '' ? this.#lines : [...this.#lines, this.#shown(this.#rest)]
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split(/[\r\n]+/)
    this.#rest = (lines.pop() ?? '').slice(0, MASKED_CHARACTERS)
    for (const line of lines.slice(-KEPT_LINES)) if (line.trim() !== '') this.#lines.push(this.#shown(line))
    this.#lines.splice(0, this.#lines.length - KEPT_LINES)
  }

  /** Masked before it is cut, or half a secret could be left. */
  #shown(line: string): string {
    let shown = line.slice(0, MASKED_CHARACTERS)
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, MASK)
    return maskSecrets(shown).slice(0, LINE_CHARACTERS)
  }
}
