import { setTimeout as delay } from 'node:timers/promises'

/** The delays between two attempts, ms: short at first, since most locks are held for a few milliseconds. */
const FIRST_DELAY_MS = 10
const LONGEST_DELAY_MS = 50

/** How long to wait. */
export interface Patience {
  /** ms; may change meanwhile. */
  readonly limit: () => number
  /** When the waiting began (`performance.now()`), if it was before. */
  readonly since?: number
}

/**
 * Repeats what fails because another process has locked a SQLite database. SQLite's own way of waiting (`busy_timeout`)
 * would block the event loop.
 * @param attempt must have changed nothing when it fails; called once in any case
 * @throws its last error
 */
export async function whileBusy<Result>(
  attempt: () => Promise<Result>,
  { limit, since = performance.now() }: Patience,
): Promise<Result> {
  for (let pause = FIRST_DELAY_MS; ; pause = Math.min(2 * pause, LONGEST_DELAY_MS)) {
    try {
      return await attempt()
    } catch (error) {
      if (!isBusy(error) || performance.now() - since >= limit()) throw error
    }
    await delay(pause)
  }
}

/**
 * Whether an error of SQLite says that another process has locked the database: SQLITE_BUSY is 5, and its extended
 * codes have it in their lowest byte (https://sqlite.org/rescode.html).
 */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
}
