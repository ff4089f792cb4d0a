import type { StreamName } from '../../src/core/stream-name.ts'

/** Tells which streams have every word of a search in label or key, in any case; all, where the search is empty. */
export function streamSearch(search: string): (stream: StreamName) => boolean {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return ({ label, key }) => {
    const name = `${label} ${key}`.toLocaleLowerCase()
    return words.every((word) => name.includes(word))
  }
}
