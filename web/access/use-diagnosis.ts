import { createContext, useContext } from 'react'
import { useStore } from '../hooks/use-store.ts'
import type { ConnectionDiagnosis } from './connection-diagnosis.ts'

/** The diagnosis of the page's connection. */
export const DiagnosisContext = createContext<ConnectionDiagnosis | undefined>(undefined)

/** A hook: why there is no live connection, and what tries again. */
export function useDiagnosis() {
  const diagnosis = useContext(DiagnosisContext)
  if (!diagnosis) throw new Error('there is no diagnosis around this component')
  return { ...useStore(diagnosis, ({ current }) => current), retry: () => diagnosis.retry() }
}
