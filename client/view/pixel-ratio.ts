import { Listeners } from '../../src/core/listeners.ts'

const listeners = new Listeners()
let stopListening = () => {}

/**
 * Calls back when the page gets another pixel ratio (`devicePixelRatio`): its window was moved to another screen, or
 * zoomed. @returns a function that unsubscribes
 */
export function onPixelRatioChange(listener: () => void): () => void {
  if (listeners.size === 0) listen()
  const remove = listeners.add(listener)
  return () => {
    remove()
    if (listeners.size === 0) stopListening()
  }
}

/** A query tells only that its own ratio is over: each change needs the next one. */
function listen(): void {
  const query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`)
  const changed = () => {
    listen()
    listeners.notify()
  }
  query.addEventListener('change', changed, { once: true })
  stopListening = () => query.removeEventListener('change', changed)
}
