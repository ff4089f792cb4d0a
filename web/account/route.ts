import { lazyRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** The route of the account page. */
export const accountRoute = lazyRoute(PATHS.account, () => import('./AccountPage.tsx'))
