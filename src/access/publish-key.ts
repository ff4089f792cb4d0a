import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomText } from './secrets.ts'

/** The file in the data folder that keeps the key which was made at the first start. */
const PUBLISH_KEY_FILE = 'publish.key'

/**
 * The key that may publish, made if there is none yet and kept for this user alone (mode 0600).
 * @throws the file system's error when the folder cannot be written
 */
export function keptPublishKey(dataDir: string): string {
  const known = readPublishKey(dataDir)
  if (known !== undefined) return known
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const key = randomText(24)
  const path = join(dataDir, PUBLISH_KEY_FILE)
  // A file that exists keeps its mode, whatever it is, so a new one takes its place.
  writeFileSync(`${path}.new`, `${key}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return key
}

/** The key that is kept in the data folder, if there is one. */
export function readPublishKey(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, PUBLISH_KEY_FILE), 'utf8').trim() || undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
