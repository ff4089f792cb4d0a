/** The subset of `Storage` in use. */
export interface TextStorage {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
  removeItem(name: string): void
}

/** `localStorage`; undefined if the browser forbids it. */
export function localStorageIfAllowed(): TextStorage | undefined {
  try {
    return window.localStorage
  } catch {
    return undefined
  }
}

/** `sessionStorage`, which is of the tab; undefined if the browser forbids it. */
export function sessionStorageIfAllowed(): TextStorage | undefined {
  try {
    return window.sessionStorage
  } catch {
    return undefined
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
