import { isSameStream, type StreamName, streamId } from '../../src/core/stream-name.ts'
import { useStore } from '../hooks/use-store.ts'
import { preferenceStores } from './preference-stores.ts'

/** The ids (`streamId`) of the user's favourite streams, which come first. */
export type Favourites = ReadonlySet<string>

/** The maximum number, so that an account's preferences stay below the server's size limit. */
const MOST = 100

/** Parses stored favourites; invalid entries are left out. */
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

/** The stored text with a stream added or removed; beyond the maximum the oldest are dropped. */
export function toggled(text: string | undefined, stream: StreamName): string {
  const before = readFavourites(text)
  const without = before.filter((each) => !isSameStream(each, stream))
  const after =
    without.length < before.length ? without : [...without, { label: stream.label, key: stream.key }].slice(-MOST)
  return JSON.stringify(after)
}

/** Toggles a favourite. */
export function toggleFavourite(stream: StreamName): void {
  preferenceStores.favourites.set(toggled(preferenceStores.favourites.text, stream), 'chosen')
}

/** A hook: the current favourites. */
export function useFavourites(): Favourites {
  return useStore(preferenceStores.favourites, read)
}

let known: { readonly text: string | undefined; readonly favourites: Favourites } | undefined
function read(): Favourites {
  const { text } = preferenceStores.favourites
  if (!known || known.text !== text) known = { text, favourites: new Set(readFavourites(text).map(streamId)) }
  return known.favourites
}
