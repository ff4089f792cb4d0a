import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomText } from './secrets.ts'

/** The file in the data folder that stores the key generated at the first start. */
const PUBLISH_KEY_FILE = 'publish.key'

/**
 * The publish key stored in the data folder, generated if there is none. Of several servers that start at the same time
 * one generates it, and all use it. Readable by this system user only (mode 0600).
 * @throws the file system's error when the folder cannot be written
 */
export function loadOrCreatePublishKey(dataDir: string): string {
  const known = readPublishKey(dataDir)
  if (known !== undefined) return known
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const key = randomText(24)
  const path = join(dataDir, PUBLISH_KEY_FILE)
  // Complete, and on the disk, before it gets its name: nobody reads half of it, and a crash leaves no empty file.
  const unfinished = `${path}.${randomText(9)}.new`
  try {
    writeFileSync(unfinished, `${key}\n`, { mode: 0o600, flag: 'wx', flush: true })
    if (linkIfFree(unfinished, path)) return key
    const theirs = readPublishKey(dataDir)
    if (theirs !== undefined) return theirs
    // An empty file. It would keep its mode, so the new one replaces it.
    renameSync(unfinished, path)
    return key
  } finally {
    rmSync(unfinished, { force: true })
  }
}

/**
 * Reads the publish key in the data folder.
 * @returns undefined if there is none
 * @throws the file system's error when it cannot be read
 */
export function readPublishKey(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, PUBLISH_KEY_FILE), 'utf8').trim() || undefined
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
