import type { ComponentType } from 'react'
import { lazyPart } from '../update/lazy-part.ts'

/** The route of a page, as listed in `app/routes.ts`. */
export interface PageRoute {
  /** The router's path: "/watch/:label/:key". */
  readonly path: string
  readonly page: ComponentType
  /** Whether it shows pictures: it is remounted after a refusal, so that no old ones stay. */
  readonly showsPictures?: boolean
  /** Prefetches its code; undefined if it is bundled, or too rarely visited. */
  readonly prefetch?: () => Promise<unknown>
}

/** A page whose code is loaded on navigation (code splitting). @param load imports it */
export function lazyRoute(
  path: string,
  load: () => Promise<{ readonly default: ComponentType }>,
  { showsPictures = false, isPrefetched = true } = {},
): PageRoute {
  return { path, page: lazyPart(load), showsPictures, ...(isPrefetched && { prefetch: load }) }
}
