import { useCallback, useEffect, useState } from 'react'
import { fetchJson } from '../access/fetch-json.ts'
import { type AccountSession, readSessions } from './account-session.ts'

/** Where one is signed in. */
export interface AccountSessions {
  /** undefined: not known yet. */
  readonly list: readonly AccountSession[] | undefined
  /** The last attempt to know it. */
  readonly hasFailed: boolean
  readonly reload: () => Promise<void>
}

/** Asks where one is signed in, when the component comes and whenever it wants to know. */
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
