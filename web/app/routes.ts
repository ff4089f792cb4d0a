import { accountRoute } from '../account/route.ts'
import { adminRoutes } from '../admin/routes.ts'
import { connectRoute } from '../connect/route.ts'
import type { PageRoute } from '../navigation/page-route.ts'
import { publishRoute } from '../publish/route.ts'
import { shareLinkRoute } from '../share-link/route.ts'
import { signInRoute } from '../signin/route.ts'
import { wallRoute } from '../wall/route.ts'
import { watchRoute } from '../watch/route.ts'

/** All pages there are. Each is a folder with a `route.ts`; only this list imports them. */
export const ROUTES: readonly PageRoute[] = [
  wallRoute,
  watchRoute,
  publishRoute,
  connectRoute,
  signInRoute,
  shareLinkRoute,
  accountRoute,
  ...adminRoutes,
]

/**
 * Fetches their code while there is nothing else to do: a page that has been open for weeks must not need files that the
 * server, restarted and updated meanwhile, does not have any more.
 */
export async function prefetchPages(): Promise<void> {
  // One that fails now is fetched when somebody goes there.
  await Promise.allSettled(ROUTES.map(({ prefetch }) => prefetch?.()))
}
