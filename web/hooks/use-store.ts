import { useCallback, useSyncExternalStore } from 'react'

/** An observable store outside of React. */
export interface ExternalStore {
  /** @returns a function that unsubscribes */
  subscribe(listener: () => void): () => void
}

/**
 * A hook: a value selected from a store, with re-rendering on changes (`useSyncExternalStore`).
 * @param read the selector; must return the same object until it changes
 */
export function useStore<Store extends ExternalStore, Value>(store: Store, read: (store: Store) => Value): Value {
  return useSyncExternalStore(
    useCallback((listener) => store.subscribe(listener), [store]),
    () => read(store),
  )
}
