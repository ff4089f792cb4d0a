import { lazyRoute, type PageRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** Rarely visited: the code is loaded on demand, without prefetching. */
const RARE = { isPrefetched: false }

/** The routes of the admin pages. Their menu entries are in `navigation/admin-sections.ts`. */
export const adminRoutes: readonly PageRoute[] = [
  lazyRoute(PATHS.users, () => import('./users/UsersPage.tsx'), RARE),
  lazyRoute(PATHS.keys, () => import('./keys/KeysPage.tsx'), RARE),
  lazyRoute(PATHS.links, () => import('./links/LinksPage.tsx'), RARE),
  lazyRoute(PATHS.instruments, () => import('./instruments/InstrumentsPage.tsx'), RARE),
  lazyRoute(PATHS.audit, () => import('./audit/AuditPage.tsx'), RARE),
]
