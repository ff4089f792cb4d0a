/** A day, ms. */
export const DAY_MS = 86_400_000

/** The passing of time, injected so that tests own it. */
export interface Clock {
  /** Milliseconds since 1970, for what people and other machines read. It may jump when the machine's clock is set. */
  now(): number
  /** Whole milliseconds from some fixed moment, never jumping, for measuring how long something took. */
  monotonic(): number
  /** Calls `action` once, `delay` milliseconds from now; the function returned calls it off. */
  after(delay: number, action: () => void): () => void
}

/**
 * Does something again and again.
 * @param period ms before each time, the first too
 * @returns ends that; also from within the action
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
