import { lazy } from 'react'

/*
 * The pages that are fetched when somebody goes there. The wall is not among them: it is what people come for.
 */

/** How to connect a stream. */
export const ConnectPage = lazy(() => import('../connect/ConnectPage.tsx'))
/** This device's camera becomes a stream. */
export const PublishPage = lazy(() => import('../publish/PublishPage.tsx'))
/** One stream, large. */
export const WatchPage = lazy(() => import('../watch/WatchPage.tsx'))
