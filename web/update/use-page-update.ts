import { useEffect } from 'react'
import { useStore } from '../hooks/use-store.ts'
import { pageUpdate } from './this-page.ts'

/** A hook: whether the page must be reloaded, as the server was updated. */
export function useIsOutdated(): boolean {
  return useStore(pageUpdate, ({ isOutdated }) => isOutdated)
}

/** A hook: keeps the page from being reloaded by itself. @param isHeld while it does or shows what would be lost */
export function useReloadHold(isHeld: boolean): void {
  useEffect(() => (isHeld ? pageUpdate.hold() : undefined), [isHeld])
}
