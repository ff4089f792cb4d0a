/*
 * One timer for everything on the page that tells an age. Ten times a second: ages are told in tenths, and a picture that
 * stands still must be called so soon.
 */

const PERIOD_MS = 100
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** Calls back ten times a second for as long as the page is seen, and at once when it is seen again. @returns what ends it */
export function onTick(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    timer = setInterval(tick, PERIOD_MS)
    // Of a page that was hidden the timer may have stood still: what was live then is not for a tenth of a second now.
    document.addEventListener('visibilitychange', tick)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
    document.removeEventListener('visibilitychange', tick)
  }
}

function tick(): void {
  for (const each of listeners) each()
}
