/**
 * Calls `action` whenever the browser says that the network is back. Node says nothing.
 * @returns ends that
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
