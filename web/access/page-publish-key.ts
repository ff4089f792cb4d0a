import { localStorageIfAllowed } from '../browser-storage.ts'
import { PublishKeyStore } from './publish-key-store.ts'
import { valueInFragment } from './url-fragment.ts'

/** The publish key of this browser. */
export const publishKey = new PublishKeyStore(localStorageIfAllowed())

/**
 * Takes the key out of the address (`#key=…`), so that it stands in no history and on no screenshot, and remembers it.
 * To be called once, before the page is rendered; also sees to links that are followed later.
 */
export function takeKeyFromAddress(): void {
  take()
  window.addEventListener('hashchange', take)
  window.addEventListener('storage', () => publishKey.refresh())
}

function take(): void {
  const { value: key, rest } = valueInFragment(location.hash, 'key')
  if (rest === location.hash) return
  history.replaceState(history.state, '', location.pathname + location.search + rest)
  if (key !== undefined) publishKey.set(key)
}
