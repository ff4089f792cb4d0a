import type { SharedStream } from '../../../src/core/account-store.ts'
import type { StreamName } from '../../../src/core/stream-name.ts'
import { streamSearch } from '../../live/stream-search.ts'

/** As many streams and sites as one link may hold. */
export const MAX_STREAMS = 100

/** A site and what can be chosen of it. */
export interface Site {
  readonly label: string
  readonly keys: readonly string[]
}

/** The sites there are, in the order they come in, with those streams that have all words in their names. */
export function sitesOf(streams: readonly StreamName[], search: string): Site[] {
  const isFound = streamSearch(search)
  const sites = new Map<string, string[]>()
  for (const { label, key } of streams) {
    if (!isFound({ label, key })) continue
    const keys = sites.get(label)
    if (keys) keys.push(key)
    else sites.set(label, [key])
  }
  return [...sites].map(([label, keys]) => ({ label, keys }))
}

/** Whether it is chosen itself; without a key: the whole site. */
export function isSelected(selected: readonly SharedStream[], { label, key }: SharedStream): boolean {
  return selected.some((one) => one.label === label && one.key === key)
}

/** The choice with that one put in or taken out. A whole site takes the place of its streams. */
export function withToggled(selected: readonly SharedStream[], stream: SharedStream): SharedStream[] {
  const { label, key } = stream
  if (isSelected(selected, stream)) return selected.filter((one) => one.label !== label || one.key !== key)
  return [...selected.filter((one) => one.label !== label || (key !== undefined && one.key !== undefined)), stream]
}

/**
 * The stream that the page's address asks for, `?stream=label/key`, each part percent-encoded in it or plain.
 * Without a slash it is a whole site.
 */
export function streamFromQuery(parameter: string | null): SharedStream | undefined {
  if (parameter === null || parameter === '') return undefined
  const slash = parameter.indexOf('/')
  if (slash < 0) return { label: decoded(parameter) }
  const label = decoded(parameter.slice(0, slash))
  const key = decoded(parameter.slice(slash + 1))
  return label === '' || key === '' ? undefined : { label, key }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // It was plain, with a percent sign in it.
    return text
  }
}
