/** What is used of localStorage. */
export interface TextStorage {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
  removeItem(name: string): void
}

/** What this browser remembers for the page (`localStorage`); undefined where it forbids that. */
export function localStorageIfAllowed(): TextStorage | undefined {
  try {
    return window.localStorage
  } catch {
    return undefined
  }
}

/** What is remembered under a name; undefined: nothing, or the browser forbids it. */
export function readStored(name: string): string | undefined {
  try {
    return localStorageIfAllowed()?.getItem(name) ?? undefined
  } catch {
    return undefined
  }
}

/** Remembers a text for the next visit. Where storage is full or forbidden, nothing happens. */
export function writeStored(name: string, text: string): void {
  try {
    localStorageIfAllowed()?.setItem(name, text)
  } catch {
    // It holds until the page is left.
  }
}
