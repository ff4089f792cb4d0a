import { join } from 'node:path'
import { keptText } from './kept-text.ts'
import { digestOf, randomText } from './secrets.ts'

/** An installation: the servers that share a data folder. */
export interface Instance {
  /** 12 characters (base64url), random, no secret: tells it from other installations on the same host. */
  readonly id: string
  /** When its id was made, ms since 1970. */
  readonly madeAt: number
}

/** The file in the data folder. */
const INSTANCE_FILE = 'instance.id'

/**
 * The installation that a data folder belongs to; its id is made at the first start, and kept.
 * @param now ms since 1970
 * @throws the file system's error when the folder cannot be written
 */
export function loadOrCreateInstance(dataDir: string, now: number): Instance {
  const { text } = keptText(join(dataDir, INSTANCE_FILE), () => `${randomText(9)} ${now}`)
  const [, madeAt = ''] = text.split(/\s+/)
  // Whatever somebody has written into the file, the digest may be part of a cookie's name.
  return { id: digestOf(text).slice(0, 12), madeAt: /^\d{1,15}$/.test(madeAt) ? Number(madeAt) : 0 }
}
