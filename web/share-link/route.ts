import type { PageRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'
import { ShareLinkPage } from './ShareLinkPage.tsx'

/** Where a share link leads to. */
export const shareLinkRoute: PageRoute = { path: PATHS.shareLink, page: ShareLinkPage }
