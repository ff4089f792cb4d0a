import { type ComponentType, lazy } from 'react'

/** A page, as `app/routes.ts` lists it: where it is and what is shown there. */
export interface PageRoute {
  /** As the router takes it: "/watch/:label/:key". */
  readonly path: string
  readonly page: ComponentType
  /** Whether it shows pictures: it begins anew when the server has refused, so that none of before is left. */
  readonly showsPictures?: boolean
  /** Fetches its code before anybody goes there; none where it came with the page, or is worth no fetch ahead. */
  readonly prefetch?: () => Promise<unknown>
}

/** A page whose code is fetched when somebody goes there (code splitting). @param load imports it */
export function lazyRoute(
  path: string,
  load: () => Promise<{ readonly default: ComponentType }>,
  { showsPictures = false, isPrefetched = true } = {},
): PageRoute {
  return { path, page: lazy(load), showsPictures, ...(isPrefetched && { prefetch: load }) }
}
