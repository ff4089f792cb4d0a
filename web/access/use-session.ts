import type { Action } from '../../src/core/authorization.ts'
import { useStore } from '../hooks/use-store.ts'
import { sessions } from './page-session.ts'
import type { PageSession } from './session.ts'
import type { SessionState } from './session-store.ts'

/** A hook: the current session; undefined: not known yet. */
export function useSession(): PageSession | undefined {
  return useStore(sessions, ({ current }) => current.session)
}

/** A hook: the current session, and what the last request for it came to. */
export function useSessionState(): SessionState {
  return useStore(sessions, ({ current }) => current)
}

/** A hook: tells whether an action is allowed on any stream at all; none is before the session is known. */
export function useMay(): (action: Action) => boolean {
  const session = useSession()
  return (action) => session?.may.includes(action) ?? false
}
