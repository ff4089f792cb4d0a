import { lazyRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** One's own account. */
export const accountRoute = lazyRoute(PATHS.account, () => import('./AccountPage.tsx'))
