import { PREFERENCES, type Preference, type Texts } from './preferences.ts'
import { StoredText } from './stored-text.ts'

/** Where this browser remembers what was set up. The names are those it always had. */
export const preferenceStores: Readonly<Record<Preference, StoredText>> = {
  wall: new StoredText('belvedere.wall'),
  language: new StoredText('belvedere.language'),
  // Mantine's own name.
  theme: new StoredText('mantine-color-scheme-value'),
  overlays: new StoredText('belvedere.overlays'),
  favourites: new StoredText('belvedere.favourites'),
}

/** The account that they are of; none: a guest. */
export const owner = new StoredText('belvedere.preferences-of')

/** All of them, as they are now. */
export function currentTexts(): Texts {
  const texts: Partial<Record<Preference, string>> = {}
  for (const name of PREFERENCES) {
    const { text } = preferenceStores[name]
    if (text !== undefined) texts[name] = text
  }
  return texts
}

/** Takes over what an account says; what shows them follows at once. */
export function takeTexts(texts: Texts): void {
  for (const name of PREFERENCES) preferenceStores[name].set(texts[name], 'taken')
}

/** Follows what is chosen in other tabs of the browser. To be called once. */
export function followOtherTabs(): void {
  window.addEventListener('storage', ({ key, newValue }) => {
    for (const store of [...Object.values(preferenceStores), owner])
      if (store.name === key) store.set(newValue ?? undefined, 'elsewhere')
  })
}
