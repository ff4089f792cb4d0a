import { accountRoute } from '../account/route.ts'
import { adminRoutes } from '../admin/routes.ts'
import { camerasRoute } from '../cameras/route.ts'
import { connectRoute } from '../connect/route.ts'
import type { PageRoute } from '../navigation/page-route.ts'
import { publishRoute } from '../publish/route.ts'
import { shareLinkRoute } from '../share-link/route.ts'
import { signInRoute } from '../signin/route.ts'
import { wallRoute } from '../wall/route.ts'
import { watchRoute } from '../watch/route.ts'

/** The routes of all pages. Each page is a folder with a `route.ts`; only this file imports them. */
export const ROUTES: readonly PageRoute[] = [
  wallRoute,
  watchRoute,
  publishRoute,
  connectRoute,
  signInRoute,
  shareLinkRoute,
  accountRoute,
  camerasRoute,
  ...adminRoutes,
]

/**
 * Prefetches the code of all pages when idle: a page that has been open for weeks must not need files that an updated
 * server no longer has.
 */
export async function prefetchPages(): Promise<void> {
  // A failed one is loaded on navigation.
  await Promise.allSettled(ROUTES.map(({ prefetch }) => prefetch?.()))
}
