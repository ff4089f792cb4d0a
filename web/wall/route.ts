import type { PageRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'
import { WallPage } from './WallPage.tsx'

/** The route of the wall; bundled, not lazy, since it is the start page. */
export const wallRoute: PageRoute = { path: PATHS.wall, page: WallPage, showsPictures: true }
