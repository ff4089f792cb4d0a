import type { SharedStream } from '../../../src/core/account-store.ts'
import type { StreamName } from '../../../src/core/stream-name.ts'
import { streamSearch } from '../../live/stream-search.ts'

/** The server's maximum of streams and sites in one link. */
export const MAX_STREAMS = 100

/** A site and its selectable streams. */
export interface Site {
  readonly label: string
  readonly keys: readonly string[]
}

/** Groups streams by site, keeping their order; only streams whose names contain all words of the search. */
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

/** Whether a stream (with a key) or a whole site (without) is itself selected. */
export function isSelected(selected: readonly SharedStream[], { label, key }: SharedStream): boolean {
  return selected.some((one) => one.label === label && one.key === key)
}

/** Toggles a stream or a site. A whole site replaces its single streams. */
export function withToggled(selected: readonly SharedStream[], stream: SharedStream): SharedStream[] {
  const { label, key } = stream
  if (isSelected(selected, stream)) return selected.filter((one) => one.label !== label || one.key !== key)
  return [...selected.filter((one) => one.label !== label || (key !== undefined && one.key !== undefined)), stream]
}

/**
 * Parses the query parameter `?stream=label/key`; each part may be percent-encoded. Without a slash it is a whole site.
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
    // Not percent-encoded: it contains a plain percent sign.
    return text
  }
}
