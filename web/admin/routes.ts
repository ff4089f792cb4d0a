import { lazyRoute, type PageRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** Few go there: their code is fetched then, and not before. */
const RARE = { isPrefetched: false }

/** The pages of the admin. Their entries in the menus are in `navigation/admin-sections.ts`. */
export const adminRoutes: readonly PageRoute[] = [
  lazyRoute(PATHS.users, () => import('./users/UsersPage.tsx'), RARE),
  lazyRoute(PATHS.keys, () => import('./keys/KeysPage.tsx'), RARE),
  lazyRoute(PATHS.links, () => import('./links/LinksPage.tsx'), RARE),
  lazyRoute(PATHS.audit, () => import('./audit/AuditPage.tsx'), RARE),
]
