import type { StreamName } from '../../src/core/stream-name.ts'

/** Makes a filter: streams with every word of the search in label or key, case-insensitive; all if it is empty. */
export function streamSearch(search: string): (stream: StreamName) => boolean {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return ({ label, key }) => {
    const name = `${label} ${key}`.toLocaleLowerCase()
    return words.every((word) => name.includes(word))
  }
}
