import { useEffect } from 'react'
import type { Action } from '../../src/core/authorization.ts'
import type { HttpProblem } from '../access/fetch-json.ts'
import { sessions } from '../access/page-session.ts'
import { useSession } from '../access/use-session.ts'

/**
 * A hook: whether the user may open an admin page. `allowed`: as far as is known; `forbidden`: signed in without the
 * permission; `signedOut`: must sign in.
 * @param right what the page needs
 * @param failure why the page's data could not be loaded
 */
export function useAdminAccess(right: Action, failure: HttpProblem | undefined): 'allowed' | 'forbidden' | 'signedOut' {
  const session = useSession()
  const isUnknown = failure?.status === 401 && !failure.isFromProxy
  // On 401 the session has ended: request the current one.
  useEffect(() => {
    if (isUnknown) void sessions.refresh()
  }, [isUnknown])
  if (session && !session.may.includes(right)) return session.kind === 'anonymous' ? 'signedOut' : 'forbidden'
  return failure?.status === 403 && !failure.isFromProxy ? 'forbidden' : 'allowed'
}
