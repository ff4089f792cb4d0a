import type { PageRoute } from '../navigation/page-route.ts'
import { PATHS } from '../paths.ts'
import { WallPage } from './WallPage.tsx'

/** The wall: not fetched later, for it is what people come for. */
export const wallRoute: PageRoute = { path: PATHS.wall, page: WallPage, showsPictures: true }
