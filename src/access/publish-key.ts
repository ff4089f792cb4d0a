import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomText } from './secrets.ts'

/** The file in the data folder that stores the key generated at the first start. */
const PUBLISH_KEY_FILE = 'publish.key'

/**
 * The publish key stored in the data folder, generated if there is none. Readable by this system user only (mode 0600).
 * @throws the file system's error when the folder cannot be written
 */
export function loadOrCreatePublishKey(dataDir: string): string {
  const known = readPublishKey(dataDir)
  if (known !== undefined) return known
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const key = randomText(24)
  const path = join(dataDir, PUBLISH_KEY_FILE)
  // An existing file would keep its mode, so a new one replaces it.
  writeFileSync(`${path}.new`, `${key}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return key
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
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
