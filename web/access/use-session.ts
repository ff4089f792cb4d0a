import { useSyncExternalStore } from 'react'
import type { Action } from '../../src/core/rights.ts'
import { sessions } from './page-session.ts'
import type { Session } from './session.ts'

/** Who this page is, kept up to date; undefined: the server has not said yet. */
export function useSession(): Session | undefined {
  return useSyncExternalStore(subscribe, read)
}

/** Whether this page may do something on anything at all. Nothing, until the server has said so. */
export function useMay(): (action: Action) => boolean {
  const session = useSession()
  return (action) => session?.may.includes(action) ?? false
}

const subscribe = (listener: () => void) => sessions.subscribe(listener)
const read = () => sessions.current.session
