import { join } from 'node:path'
import { keptText, readKeptText } from './kept-text.ts'
import { randomText } from './secrets.ts'

/** The file in the data folder that stores the key generated at the first start. */
const PUBLISH_KEY_FILE = 'publish.key'

/**
 * The publish key stored in the data folder, generated if there is none.
 * @returns the key, and whether this call has generated it
 * @throws the file system's error when the folder cannot be written
 */
export function loadOrCreatePublishKey(dataDir: string): { readonly key: string; readonly isNew: boolean } {
  const { text, isNew } = keptText(join(dataDir, PUBLISH_KEY_FILE), () => randomText(24))
  return { key: text, isNew }
}

/**
 * Reads the publish key in the data folder.
 * @returns undefined if there is none
 * @throws the file system's error when it cannot be read
 */
export function readPublishKey(dataDir: string): string | undefined {
  return readKeptText(join(dataDir, PUBLISH_KEY_FILE))
}
