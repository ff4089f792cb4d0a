import { Listeners } from '../../src/core/listeners.ts'

/*
 * The page's tick: one timer and one animation loop shared by everything that shows an age or a state.
 */

/** The tick interval, ms: a frozen picture must be marked soon. */
const PERIOD_MS = 100
const FEW = 4
const tickers = new Listeners()
const drawers = new Listeners()
let timer: ReturnType<typeof setInterval> | undefined
let isLooping = false

/**
 * Calls back ten times a second while the page is visible, and at once when it becomes visible.
 * @returns unsubscribes
 */
export function onTick(listener: () => void): () => void {
  const remove = tickers.add(listener)
  if (timer === undefined) {
    timer = setInterval(tick, PERIOD_MS)
    // Timers of a hidden page are throttled: a picture that was live then must not look live until the next tick.
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
 * Calls back before each animation frame, for exact figures, but only while there are few listeners: updating a whole
 * wall sixty times a second would slow down the pictures. @returns a function that unsubscribes
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
