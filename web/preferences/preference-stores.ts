import { PREFERENCES, type Preference, type Texts } from './preferences.ts'
import { Stored } from './stored-text.ts'

/** Where this browser remembers what was set up. The names are those it always had. */
export const stores: Readonly<Record<Preference, Stored>> = {
  wall: new Stored('belvedere.wall'),
  language: new Stored('belvedere.language'),
  // Mantine's own name.
  theme: new Stored('mantine-color-scheme-value'),
  overlays: new Stored('belvedere.overlays'),
  favourites: new Stored('belvedere.favourites'),
}

/** The account that they are of; none: a guest. */
export const owner = new Stored('belvedere.preferences-of')

/** All of them, as they are now. */
export function currentTexts(): Texts {
  const texts: Partial<Record<Preference, string>> = {}
  for (const name of PREFERENCES) {
    const { text } = stores[name]
    if (text !== undefined) texts[name] = text
  }
  return texts
}

/** Takes over what an account says; what shows them follows at once. */
export function takeTexts(texts: Texts): void {
  for (const name of PREFERENCES) stores[name].set(texts[name], 'taken')
}

/** Follows what is chosen in other tabs of the browser. To be called once. */
export function followOtherTabs(): void {
  window.addEventListener('storage', ({ key, newValue }) => {
    for (const store of [...Object.values(stores), owner])
      if (store.name === key) store.set(newValue ?? undefined, 'elsewhere')
  })
}
