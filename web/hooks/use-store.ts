import { useCallback, useSyncExternalStore } from 'react'

/** Something outside of React that calls back after each of its changes. */
export interface ExternalStore {
  /** @returns what ends it */
  subscribe(listener: () => void): () => void
}

/**
 * What is read of a store, kept up to date (`useSyncExternalStore`).
 * @param read gives the same object until it has changed
 */
export function useStore<Store extends ExternalStore, Value>(store: Store, read: (store: Store) => Value): Value {
  return useSyncExternalStore(
    useCallback((listener) => store.subscribe(listener), [store]),
    () => read(store),
  )
}
