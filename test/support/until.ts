import { vi } from 'vitest'

/**
 * Waits until a condition holds, for what gives no event to wait for. The limit is far beyond what anything needs: it
 * only keeps a broken test from hanging.
 * @param options `every`: how often it is looked at, ms
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
    { interval: every, timeout: 20_000 },
  )
}

/** The same for what is looked at in a browser, which costs it as much as several pictures do. */
export function untilSeen(condition: () => Promise<boolean>, what: string): Promise<void> {
  return until(condition, what, { every: 30 })
}
