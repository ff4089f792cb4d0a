import { lazyRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** The route of the sign-in page. */
export const signInRoute = lazyRoute(PATHS.signIn, () => import('./SignInPage.tsx'))
