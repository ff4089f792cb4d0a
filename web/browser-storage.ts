import { BASE_PATH } from './server-address.ts'

/** The subset of `Storage` in use. */
export interface TextStorage {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
  removeItem(name: string): void
}

/** `localStorage`, of which servers below different paths of a host have each their own part; undefined if the browser forbids it. */
export function localStorageIfAllowed(): TextStorage | undefined {
  try {
    return partOf(window.localStorage)
  } catch {
    return undefined
  }
}

/** `sessionStorage`, which is of the tab; undefined if the browser forbids it. */
export function sessionStorageIfAllowed(): TextStorage | undefined {
  try {
    return partOf(window.sessionStorage)
  } catch {
    return undefined
  }
}

/** The name under which a text of ours is in the browser's storage, as its events say it. */
export function storedAs(name: string): string {
  return BASE_PATH === '' ? name : `${BASE_PATH} ${name}`
}

function partOf(storage: Storage): TextStorage {
  if (BASE_PATH === '') return storage
  return {
    getItem: (name) => storage.getItem(storedAs(name)),
    setItem: (name, value) => storage.setItem(storedAs(name), value),
    removeItem: (name) => storage.removeItem(storedAs(name)),
  }
}

/** Reads a stored text; undefined if there is none or the browser forbids storage. */
export function readStored(name: string): string | undefined {
  try {
    return localStorageIfAllowed()?.getItem(name) ?? undefined
  } catch {
    return undefined
  }
}

/** Stores a text; does nothing if storage is full or forbidden. */
export function writeStored(name: string, text: string): void {
  try {
    localStorageIfAllowed()?.setItem(name, text)
  } catch {
    // The setting holds until the page is closed.
  }
}
