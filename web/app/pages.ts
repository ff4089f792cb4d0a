import { lazy } from 'react'

/*
 * The pages that are fetched when somebody goes there. The wall is not among them: it is what people come for.
 */

const fetchConnectPage = () => import('../connect/ConnectPage.tsx')
const fetchPublishPage = () => import('../publish/PublishPage.tsx')
const fetchWatchPage = () => import('../watch/WatchPage.tsx')

/** How to connect a stream. */
export const ConnectPage = lazy(fetchConnectPage)
/** This device's camera becomes a stream. */
export const PublishPage = lazy(fetchPublishPage)
/** One stream, large. */
export const WatchPage = lazy(fetchWatchPage)

/**
 * Fetches them all while there is nothing else to do: a page that has been open for weeks must not need files that the
 * server, restarted and updated meanwhile, does not have any more.
 */
export async function fetchPages(): Promise<void> {
  // One that fails now is fetched when somebody goes there.
  await Promise.allSettled([fetchWatchPage(), fetchPublishPage(), fetchConnectPage()])
}
