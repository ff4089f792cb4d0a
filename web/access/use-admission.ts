import { createContext, useContext } from 'react'
import { useStore } from '../hooks/use-store.ts'
import type { AccessGuard, Admission } from './access-guard.ts'

/** The page's access guard. */
export const GuardContext = createContext<AccessGuard | undefined>(undefined)

/** A hook: the page's current admission. */
export function useAdmission(): Admission {
  const guard = useContext(GuardContext)
  if (!guard) throw new Error('there is no guard around this component')
  return useStore(guard, ({ current }) => current)
}
