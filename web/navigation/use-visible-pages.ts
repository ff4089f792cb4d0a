import { usePublishKey } from '../access/use-publish-key.ts'
import { useMay, useSession } from '../access/use-session.ts'

/** Which pages for adding streams (publish, connect) the menus show. */
export interface VisiblePages {
  /** Whether the session is known yet. */
  readonly isKnown: boolean
  readonly hasPublish: boolean
  readonly hasConnect: boolean
}

/** A hook: hides pages that the user may not use; anonymous visitors can enter the publish key there. */
export function useVisiblePages(): VisiblePages {
  const session = useSession()
  const may = useMay()
  const [publishKey] = usePublishKey()
  if (!session) return { isKnown: false, hasPublish: false, hasConnect: false }
  if (session.kind === 'link') return { isKnown: true, hasPublish: false, hasConnect: false }
  const hasPublish = may('publish') || publishKey !== undefined || session.kind === 'anonymous'
  const isIn = may('view') || publishKey !== undefined
  return { isKnown: true, hasPublish, hasConnect: isIn && (hasPublish || may('command')) }
}
