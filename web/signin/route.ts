import { lazyRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'

/** The form to sign in. */
export const signInRoute = lazyRoute(PATHS.signIn, () => import('./SignInPage.tsx'))
