import type { SessionLink } from '../access/session.ts'
import { PATHS, watchPath } from '../paths.ts'

/** Where a share link leads to: a single stream's own page, else the wall, on which there is nothing but what it shows. */
export function shareLinkTarget(link: SessionLink | undefined): string {
  const [only, ...others] = link?.streams ?? []
  if (only?.key === undefined || others.length > 0) return PATHS.wall
  return watchPath({ label: only.label, key: only.key })
}
