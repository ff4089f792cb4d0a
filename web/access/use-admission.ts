import { createContext, useContext } from 'react'
import { useStore } from '../hooks/use-store.ts'
import type { AccessGuard, Admission } from './access-guard.ts'

/** The page's one guard. */
export const GuardContext = createContext<AccessGuard | undefined>(undefined)

/** How the page stands with the server, kept up to date. */
export function useAdmission(): Admission {
  const guard = useContext(GuardContext)
  if (!guard) throw new Error('there is no guard around this component')
  return useStore(guard, ({ current }) => current)
}
