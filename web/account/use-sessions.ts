import { useCallback, useEffect, useState } from 'react'
import { fetchJson } from '../access/fetch-json.ts'
import { type AccountSession, readSessions } from './account-session.ts'

/** The user's sessions. */
export interface AccountSessions {
  /** undefined: not known yet. */
  readonly list: readonly AccountSession[] | undefined
  /** Whether the last attempt to load them failed. */
  readonly hasFailed: boolean
  readonly reload: () => Promise<void>
}

/** A hook: loads the user's sessions on mount and on demand. */
export function useSessions(): AccountSessions {
  const [list, setList] = useState<readonly AccountSession[]>()
  const [hasFailed, setHasFailed] = useState(false)
  const reload = useCallback(async () => {
    try {
      setList(readSessions(await fetchJson('/account/sessions')))
      setHasFailed(false)
    } catch {
      setHasFailed(true)
    }
  }, [])
  useEffect(() => void reload(), [reload])
  return { list, hasFailed, reload }
}
