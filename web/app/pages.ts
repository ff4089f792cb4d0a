import { lazy } from 'react'

/*
 * The pages that are fetched when somebody goes there. The wall is not among them: it is what people come for. (Those of
 * the admin are in admin/routes.tsx.)
 */

const fetchAccountPage = () => import('../account/AccountPage.tsx')
const fetchConnectPage = () => import('../connect/ConnectPage.tsx')
const fetchPublishPage = () => import('../publish/PublishPage.tsx')
const fetchSignInPage = () => import('../signin/SignInPage.tsx')
const fetchWatchPage = () => import('../watch/WatchPage.tsx')

/** Where one's own account is. */
export const ACCOUNT = '/app/account'

/** One's own account. */
export const AccountPage = lazy(fetchAccountPage)
/** How to connect a stream. */
export const ConnectPage = lazy(fetchConnectPage)
/** This device's camera becomes a stream. */
export const PublishPage = lazy(fetchPublishPage)
/** The form to sign in. */
export const SignInPage = lazy(fetchSignInPage)
/** One stream, large. */
export const WatchPage = lazy(fetchWatchPage)

/**
 * Fetches them all while there is nothing else to do: a page that has been open for weeks must not need files that the
 * server, restarted and updated meanwhile, does not have any more.
 */
export async function fetchPages(): Promise<void> {
  // One that fails now is fetched when somebody goes there.
  await Promise.allSettled([
    fetchWatchPage(),
    fetchPublishPage(),
    fetchConnectPage(),
    fetchSignInPage(),
    fetchAccountPage(),
  ])
}
