import { useEffect } from 'react'
import type { HttpProblem } from '../access/fetch-json.ts'
import { sessions } from '../access/page-session.ts'
import { useSession } from '../access/use-session.ts'

/**
 * What to do with whoever opens a page of the admin. `open`: show it, as far as is known; `shut`: say that they may not
 * open it; `stranger`: have them sign in.
 * @param failure why the page could not be read
 */
export function useAdminAccess(failure: HttpProblem | undefined): 'open' | 'shut' | 'stranger' {
  const session = useSession()
  const isUnknown = failure?.status === 401
  // The server knows them no longer, or not yet: who this is now is to be asked.
  useEffect(() => {
    if (isUnknown) void sessions.refresh()
  }, [isUnknown])
  if (session && !session.may.includes('administer')) return session.kind === 'anonymous' ? 'stranger' : 'shut'
  return failure?.status === 403 ? 'shut' : 'open'
}
