import type { Clock } from '../../core/clock.ts'

/**
 * Waits for work that cannot be stopped, no longer than until a signal is aborted; the work goes on and its result is lost.
 * @throws the signal's reason
 */
export function untilAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Waits for some time, ms. @throws the signal's reason */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = clock.after(ms, resolve)
  await untilAborted(signal, promise).finally(cancel)
}
