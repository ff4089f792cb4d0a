import type { Clock } from '../core/clock.ts'

/**
 * Does something again and again, `interval` ms after it was done the last time.
 * @param failed told of what it rejects with; it is done again all the same
 * @returns what ends it; what is under way goes on
 */
export function repeat(
  clock: Clock,
  interval: number,
  work: () => Promise<void>,
  failed: (error: unknown) => void,
): () => void {
  let isStopped = false
  let cancel = () => {}
  const again = () => {
    cancel = clock.after(interval, async () => {
      await work().catch(failed)
      if (!isStopped) again()
    })
  }
  again()
  return () => {
    isStopped = true
    cancel()
  }
}
