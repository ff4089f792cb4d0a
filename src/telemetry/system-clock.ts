import type { Clock } from '../core/clock.ts'

/** What a timer of Node can hold, ms; a longer one would fire at once, again and again (24.8 days). */
const LONGEST_MS = 2 ** 31 - 1

/**
 * The machine's clocks. Pending timers do not keep the process alive.
 *
 * An action comes after what has arrived by then (Node runs immediates after it has read its sockets, timers before): where
 * the process stood still for longer than a time limit, on a busy machine or a suspended one, an answer that is here
 * already has come in time.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Math.trunc(performance.now()),
  after(delay, action) {
    let immediate: NodeJS.Immediate | undefined
    const due = () => {
      immediate = setImmediate(action)
    }
    const timer = setTimeout(due, Math.min(delay, LONGEST_MS))
    timer.unref()
    return () => {
      clearTimeout(timer)
      clearImmediate(immediate)
    }
  },
}
