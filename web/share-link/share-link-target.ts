import type { SessionLink } from '../access/session.ts'
import { PATHS, watchPath } from '../paths.ts'

/**
 * The path that a share link redirects to: the watch page of a single stream, else the wall with the shared streams.
 */
export function shareLinkTarget(link: SessionLink | undefined): string {
  const [only, ...others] = link?.streams ?? []
  if (only?.key === undefined || others.length > 0) return PATHS.wall
  return watchPath({ label: only.label, key: only.key })
}
