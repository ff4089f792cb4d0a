/**
 * Calls `action` on the browser's `online` event. Node has no such event: there it does nothing.
 * @returns a function that removes the listener
 */
export function onNetworkBack(action: () => void): () => void {
  const scope: object = globalThis
  if (!isEventTarget(scope)) return () => {}
  scope.addEventListener('online', action)
  return () => scope.removeEventListener('online', action)
}

function isEventTarget(scope: object): scope is EventTarget {
  return 'addEventListener' in scope && 'removeEventListener' in scope
}
