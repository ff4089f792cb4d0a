import { type StreamName, streamId } from '../../src/core/stream-name.ts'
import { useStore } from '../hooks/use-store.ts'
import { preferenceStores } from './preference-stores.ts'

/** Ids (`streamId`) of the streams that the user wants to see first. */
export type Favourites = ReadonlySet<string>

/** More would not fit into what an account keeps. */
const MOST = 100

/** The favourites in a text that the browser remembers; what is none is left out. */
export function readFavourites(text: string | undefined): StreamName[] {
  try {
    const stored: unknown = JSON.parse(text ?? '[]')
    return (Array.isArray(stored) ? stored : []).flatMap((entry: unknown) => {
      if (typeof entry !== 'object' || entry === null || !('label' in entry) || !('key' in entry)) return []
      const { label, key } = entry
      return typeof label === 'string' && typeof key === 'string' ? [{ label, key }] : []
    })
  } catch {
    return []
  }
}

/** The text with a stream more or less; of too many the oldest go. */
export function toggled(text: string | undefined, { label, key }: StreamName): string {
  const before = readFavourites(text)
  const without = before.filter((each) => each.label !== label || each.key !== key)
  const after = without.length < before.length ? without : [...without, { label, key }].slice(-MOST)
  return JSON.stringify(after)
}

/** Makes a stream a favourite, or no favourite any more. */
export function toggleFavourite(stream: StreamName): void {
  preferenceStores.favourites.set(toggled(preferenceStores.favourites.text, stream), 'chosen')
}

/** The favourites, kept up to date. */
export function useFavourites(): Favourites {
  return useStore(preferenceStores.favourites, read)
}

let known: { readonly text: string | undefined; readonly favourites: Favourites } | undefined
function read(): Favourites {
  const { text } = preferenceStores.favourites
  if (!known || known.text !== text) known = { text, favourites: new Set(readFavourites(text).map(streamId)) }
  return known.favourites
}
