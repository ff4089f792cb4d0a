import { vi } from 'vitest'

/**
 * Polls until a condition holds, where there is no event to wait for. The timeout is generous, and shorter than that of
 * tests: it only says what a broken test was waiting for.
 * @param options `every`: the polling interval, ms
 */
export function until(
  condition: () => boolean | Promise<boolean>,
  what = 'the condition',
  { every = 10 } = {},
): Promise<void> {
  return vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error(`${what} did not come true`)
    },
    { interval: every, timeout: 45_000 },
  )
}

/** The same with a longer interval, for conditions in a browser, where each check costs as much as several pictures. */
export function untilSeen(condition: () => Promise<boolean>, what: string): Promise<void> {
  return until(condition, what, { every: 30 })
}
