import { lazyRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** How to connect a stream. */
export const connectRoute = lazyRoute(PATHS.connect, () => import('./ConnectPage.tsx'))
