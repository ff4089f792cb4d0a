import { lazyRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** The route of the watch page. */
export const watchRoute = lazyRoute(PATHS.watch, () => import('./WatchPage.tsx'), { showsPictures: true })
