/*
 * One timer for everything on the page that tells an age. Ten times a second: ages are told in tenths, and a picture that
 * stands still must be called so soon.
 */

const PERIOD_MS = 100
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** Calls back ten times a second for as long as the page is seen. @returns what ends it */
export function onTick(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    for (const each of listeners) each()
  }, PERIOD_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
