import { lazyRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** One stream, large. */
export const watchRoute = lazyRoute(PATHS.watch, () => import('./WatchPage.tsx'), { showsPictures: true })
