import { PATHS } from '../paths.ts'
import { serverUrl } from '../server-address.ts'

/**
 * Which build of the page this is: the address of its script, whose name has a hash of what is in it. Empty where the
 * document has none.
 */
export function ownBuild(): string {
  return buildIn(document) ?? ''
}

/** The build that the server has now; undefined if it does not answer, or not with a page. */
export async function servedBuild(): Promise<string | undefined> {
  try {
    const response = await fetch(serverUrl(PATHS.wall), { cache: 'no-store', headers: { accept: 'text/html' } })
    if (!response.ok) return undefined
    return buildIn(new DOMParser().parseFromString(await response.text(), 'text/html'))
  } catch {
    return undefined
  }
}

function buildIn(html: Document): string | undefined {
  return html.querySelector('script[type=module][src]')?.getAttribute('src') ?? undefined
}
