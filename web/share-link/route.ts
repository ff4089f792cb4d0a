import type { PageRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'
import { ShareLinkPage } from './ShareLinkPage.tsx'

/** The route of share links. */
export const shareLinkRoute: PageRoute = { path: PATHS.shareLink, page: ShareLinkPage }
