import { vi } from 'vitest'

/**
 * Waits until a condition holds, for what gives no event to wait for. The limit is far beyond what anything needs: it
 * only keeps a broken test from hanging.
 */
export function until(condition: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  return vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error(`${what} did not come true`)
    },
    { interval: 10, timeout: 20_000 },
  )
}
