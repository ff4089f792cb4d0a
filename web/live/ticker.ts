import { Listeners } from '../../src/core/listeners.ts'

/*
 * The page's clock tick: one timer and one loop for everything on the page that tells an age or a state, however much that is.
 */

/** How often states are looked at: a picture that stands still must be called so soon. */
const PERIOD_MS = 100
const FEW = 4
const tickers = new Listeners()
const drawers = new Listeners()
let timer: ReturnType<typeof setInterval> | undefined
let isLooping = false

/** Calls back ten times a second for as long as the page is seen, and at once when it is seen again. @returns what ends it */
export function onTick(listener: () => void): () => void {
  const remove = tickers.add(listener)
  if (timer === undefined) {
    timer = setInterval(tick, PERIOD_MS)
    // Of a page that was hidden the timer may have stood still: what was live then is not for a tenth of a second now.
    document.addEventListener('visibilitychange', tick)
  }
  return () => {
    remove()
    if (tickers.size > 0) return
    clearInterval(timer)
    timer = undefined
    document.removeEventListener('visibilitychange', tick)
  }
}

/**
 * Calls back before each frame that the browser draws, for figures that are right to the moment, but only while there are
 * few: sixty frames a second of a whole wall cost the pictures more than they give. @returns what ends it
 */
export function onDraw(listener: () => void): () => void {
  const remove = drawers.add(listener)
  loop()
  return () => {
    remove()
    loop()
  }
}

function tick(): void {
  tickers.notify()
}

function loop(): void {
  if (isLooping || drawers.size === 0 || drawers.size > FEW) return
  isLooping = true
  requestAnimationFrame(() => {
    isLooping = false
    drawers.notify()
    loop()
  })
}
