import { localStorageIfAllowed } from '../browser-storage.ts'
import { replaceFragment } from '../server-address.ts'
import { PublishKeyStore } from './publish-key-store.ts'
import { valueInFragment } from './url-fragment.ts'

/** The publish key of this browser. */
export const publishKey = new PublishKeyStore(localStorageIfAllowed())

/**
 * Moves the key from the URL (`#key=…`) into storage, so that it does not end up in the history or on screenshots.
 * Call it once before rendering; it also handles links that are followed later.
 */
export function takeKeyFromAddress(): void {
  take()
  window.addEventListener('hashchange', take)
  window.addEventListener('storage', () => publishKey.refresh())
}

function take(): void {
  const { value: key, rest } = valueInFragment(location.hash, 'key')
  if (rest === location.hash) return
  replaceFragment(rest)
  if (key !== undefined) publishKey.set(key)
}
