/** Milliseconds in a day. */
export const DAY_MS = 86_400_000

/** Source of time and timers, injected so that tests control it. */
export interface Clock {
  /** Wall clock: ms since 1970, to show to people and to send. It may jump when the machine's clock is set. */
  now(): number
  /** Monotonic clock: whole ms since an arbitrary moment, for measuring durations. Never jumps. */
  monotonic(): number
  /**
   * Calls `action` once after `delay` ms; a delay of more than 24 days may be over sooner.
   * @returns cancels it
   */
  after(delay: number, action: () => void): () => void
}

/**
 * Waits for work that must not take too long (a timeout); the work itself goes on.
 * @param ms how long it may take
 * @param late called if it takes longer: what it returns is the result then
 */
export function inTime<Result>(
  clock: Clock,
  ms: number,
  work: Promise<Result>,
  late: () => Result | Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(late()))
    work.then(resolve, reject).finally(cancel)
  })
}

/**
 * Repeats an action (an interval timer).
 * @param period ms before each call, including the first
 * @returns cancels it; may be called from within the action
 */
export function every(clock: Clock, period: number, action: () => void): () => void {
  let cancel = () => {}
  const again = () => {
    cancel = clock.after(period, () => {
      again()
      action()
    })
  }
  again()
  return () => cancel()
}
