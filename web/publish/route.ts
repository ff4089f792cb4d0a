import { lazyRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** The route of the publish page. */
export const publishRoute = lazyRoute(PATHS.publish, () => import('./PublishPage.tsx'))
