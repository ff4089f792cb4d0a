import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Polls until a condition holds, where there is no event to wait for; one that throws does not hold. The longer it has
 * waited the less often it looks, so that what takes its time is not kept from it: it notices at most a tenth too late.
 * The timeout is generous, and shorter than that of tests: it only says what a broken test was waiting for.
 * @param options `every`: the shortest pause between two looks, ms
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = 'the condition',
  { every = 10 } = {},
): Promise<void> {
  const start = performance.now()
  for (;;) {
    let reason: unknown
    try {
      if (await condition()) return
    } catch (error) {
      reason = error
    }
    const waited = performance.now() - start
    if (waited > TIMEOUT_MS) throw reason ?? new Error(`${what} did not come true`)
    await sleep(Math.max(every, Math.min(waited / 10, LONGEST_PAUSE_MS)))
  }
}

/** The same with longer pauses, for conditions in a browser, where each look costs as much as several pictures. */
export function untilSeen(condition: () => Promise<boolean>, what: string): Promise<void> {
  return until(condition, what, { every: 30 })
}

/** How long tests wait for what must come, ms. */
export const TIMEOUT_MS = 120_000
const LONGEST_PAUSE_MS = 100
