import type { Action } from '../../src/core/authorization.ts'
import { useStore } from '../hooks/use-store.ts'
import { sessions } from './page-session.ts'
import type { PageSession } from './session.ts'

/** Who this page is, kept up to date; undefined: the server has not said yet. */
export function useSession(): PageSession | undefined {
  return useStore(sessions, ({ current }) => current.session)
}

/** Whether this page may do something on anything at all. Nothing, until the server has said so. */
export function useMay(): (action: Action) => boolean {
  const session = useSession()
  return (action) => session?.may.includes(action) ?? false
}
