import { lazyRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** The route of the connect page. */
export const connectRoute = lazyRoute(PATHS.connect, () => import('./ConnectPage.tsx'))
