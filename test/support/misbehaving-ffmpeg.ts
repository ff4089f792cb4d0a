import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A program that says that it is FFmpeg, and then does something else. */
export class MisbehavingFfmpeg {
  readonly path: string
  readonly #folder: string

  /** @param lines of a shell script; `$FOLDER` is a folder for what it writes down */
  constructor(lines: string, version = '5.1.9') {
    this.#folder = mkdtempSync(join(tmpdir(), 'belvedere-ffmpeg-'))
    onTestFinished(() => rmSync(this.#folder, { recursive: true }))
    this.path = join(this.#folder, 'ffmpeg')
    this.replace(lines, version)
  }

  /** Puts another one in its place, as an upgrade does. */
  replace(lines: string, version: string): void {
    const answer = `case "$*" in *-version*) echo asked >> "$FOLDER/asked"; echo "ffmpeg version ${version} Copyright"; exit;; esac`
    const fresh = `${this.path}.new`
    writeFileSync(fresh, `#!/bin/sh\nFOLDER='${this.#folder}'\n${answer}\necho $$ >> "$FOLDER/ids"\n${lines}\n`)
    chmodSync(fresh, 0o700)
    renameSync(fresh, this.path)
  }

  /** The ids of all that were started, but to say their version. */
  get ids(): readonly number[] {
    return this.#lines('ids').map(Number)
  }

  /** How often it was asked for its version. */
  get asked(): number {
    return this.#lines('asked').length
  }

  #lines(name: string): string[] {
    try {
      return readFileSync(join(this.#folder, name), 'utf8').trim().split('\n')
    } catch {
      return []
    }
  }
}

/** Whether a process runs; one that has ended and that nobody has waited for does not. */
export function isRunning(id: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${id}/stat`, 'utf8'))
  } catch {
    return false
  }
}
