import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { randomText } from './secrets.ts'

/**
 * A text that is made once and kept in a file from then on. Of several servers that start at the same time one makes it,
 * and all use it. Readable by this system user only (mode 0600).
 * @param make a text without a line break, not empty
 * @returns the text, and whether this call has made it
 * @throws the file system's error when its folder cannot be written
 */
export function keptText(path: string, make: () => string): { readonly text: string; readonly isNew: boolean } {
  const known = readKeptText(path)
  if (known !== undefined) return { text: known, isNew: false }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const text = make()
  // Complete, and on the disk, before it gets its name: nobody reads half of it, and a crash leaves no empty file.
  const unfinished = `${path}.${randomText(9)}.new`
  try {
    writeFileSync(unfinished, `${text}\n`, { mode: 0o600, flag: 'wx', flush: true })
    if (linkIfFree(unfinished, path)) return { text, isNew: true }
    const theirs = readKeptText(path)
    if (theirs !== undefined) return { text: theirs, isNew: false }
    // An empty file. It would keep its mode, so the new one replaces it.
    renameSync(unfinished, path)
    return { text, isNew: true }
  } finally {
    rmSync(unfinished, { force: true })
  }
}

/**
 * Reads a text that is kept in a file.
 * @returns undefined if there is none
 * @throws the file system's error when it cannot be read
 */
export function readKeptText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Gives a file a name that is free. Unlike a rename it never replaces what another server has made meanwhile. */
function linkIfFree(path: string, name: string): boolean {
  try {
    linkSync(path, name)
    return true
  } catch (error) {
    if (NOT_LINKED.has(codeOf(error))) return false
    throw error
  }
}

/** The name is taken, or the file system has no links (FAT, some network drives). */
const NOT_LINKED = new Set<unknown>(['EEXIST', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
