import { naturalOrder } from '../../src/core/name-order.ts'
import { isSameName } from '../../src/core/stream-name.ts'
import type { PageSession } from '../access/session.ts'

/** Whether the cameras of a site may be edited, as far as the page knows; the server decides. */
export function mayEditCameras(session: PageSession | undefined, label: string): boolean {
  if (!session?.may.includes('edit_cameras')) return false
  const { labels } = session.user ?? {}
  return labels === undefined || labels.includes(ALL) || labels.some((one) => isSameName(one, label))
}

/**
 * The sites to offer for a camera: those in which one may edit, in natural order.
 * @param known the sites that there are
 */
export function editableSites(session: PageSession | undefined, known: readonly string[]): string[] {
  const own = session?.user?.labels?.filter((label) => label !== ALL) ?? []
  return [...new Set([...own, ...known])].filter((label) => mayEditCameras(session, label)).sort(naturalOrder())
}

/** Among the labels of a user: all of them. */
const ALL = '*'
