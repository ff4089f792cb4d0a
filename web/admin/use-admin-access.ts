import { useEffect } from 'react'
import type { HttpProblem } from '../access/fetch-json.ts'
import { sessions } from '../access/page-session.ts'
import { useSession } from '../access/use-session.ts'

/**
 * What to do with whoever opens a page of the admin. `allowed`: show it, as far as is known; `forbidden`: say that they may not
 * open it; `signedOut`: have them sign in.
 * @param failure why the page could not be read
 */
export function useAdminAccess(failure: HttpProblem | undefined): 'allowed' | 'forbidden' | 'signedOut' {
  const session = useSession()
  const isUnknown = failure?.status === 401
  // The server knows them no longer, or not yet: who this is now is to be asked.
  useEffect(() => {
    if (isUnknown) void sessions.refresh()
  }, [isUnknown])
  if (session && !session.may.includes('administer')) return session.kind === 'anonymous' ? 'signedOut' : 'forbidden'
  return failure?.status === 403 ? 'forbidden' : 'allowed'
}
