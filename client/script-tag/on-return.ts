/**
 * Calls `action` when somebody comes back to the page (also after the machine has slept, or with the browser's "back")
 * and when the network is back.
 * @returns a function that removes the listeners
 */
export function onReturn(action: () => void): () => void {
  const shown = () => {
    if (document.visibilityState === 'visible') action()
  }
  document.addEventListener('visibilitychange', shown)
  window.addEventListener('pageshow', action)
  window.addEventListener('online', action)
  return () => {
    document.removeEventListener('visibilitychange', shown)
    window.removeEventListener('pageshow', action)
    window.removeEventListener('online', action)
  }
}
