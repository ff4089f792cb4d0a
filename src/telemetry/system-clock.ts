import type { Clock } from '../core/clock.ts'

/** What a timer of Node can hold, ms; a longer one would fire at once, again and again (24.8 days). */
const LONGEST_MS = 2 ** 31 - 1

/** The machine's clocks. Pending timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Math.trunc(performance.now()),
  after(delay, action) {
    const timer = setTimeout(action, Math.min(delay, LONGEST_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
