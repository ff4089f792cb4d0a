import { lazyRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** This device's camera becomes a stream. */
export const publishRoute = lazyRoute(PATHS.publish, () => import('./PublishPage.tsx'))
