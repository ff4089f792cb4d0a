import { usePublishKey } from '../access/use-publish-key.ts'
import { useMay, useSession } from '../access/use-session.ts'

/** Which pages of bringing streams in are shown in the menus to whoever this is. */
export interface VisiblePages {
  /** Whether that is known yet. */
  readonly isKnown: boolean
  readonly hasPublish: boolean
  readonly hasConnect: boolean
}

/** Nothing is shown that one may not do; who is a stranger here is asked for the publish key. */
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
