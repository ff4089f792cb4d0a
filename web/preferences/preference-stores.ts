import { storedAs } from '../browser-storage.ts'
import { PREFERENCES, type Preference, type Texts } from './preferences.ts'
import { StoredText } from './stored-text.ts'

/** The stored preferences of this browser. The storage names must not change. */
export const preferenceStores: Readonly<Record<Preference, StoredText>> = {
  wall: new StoredText('belvedere.wall'),
  language: new StoredText('belvedere.language'),
  // Mantine's default key.
  theme: new StoredText('mantine-color-scheme-value'),
  overlays: new StoredText('belvedere.overlays'),
  favourites: new StoredText('belvedere.favourites'),
  colourings: new StoredText('belvedere.colourings'),
}

/** The id of the account that the preferences belong to; none for a guest. */
export const owner = new StoredText('belvedere.preferences-of')

/** All current preferences. */
export function currentTexts(): Texts {
  const texts: Partial<Record<Preference, string>> = {}
  for (const name of PREFERENCES) {
    const { text } = preferenceStores[name]
    if (text !== undefined) texts[name] = text
  }
  return texts
}

/** Applies an account's preferences; the page updates at once. */
export function takeTexts(texts: Texts): void {
  for (const name of PREFERENCES) preferenceStores[name].set(texts[name], 'taken')
}

/** Follows changes in other tabs. Call it once. */
export function followOtherTabs(): void {
  window.addEventListener('storage', ({ key, newValue }) => {
    for (const store of [...Object.values(preferenceStores), owner])
      if (storedAs(store.name) === key) store.set(newValue ?? undefined, 'elsewhere')
  })
}
