import { lazyRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** The route of the cameras page. */
export const camerasRoute = lazyRoute(PATHS.cameras, () => import('./CamerasPage.tsx'), { isPrefetched: false })
