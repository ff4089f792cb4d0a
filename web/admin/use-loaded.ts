import { useCallback, useEffect, useState } from 'react'
import type { HttpProblem } from '../access/fetch-json.ts'
import { asProblem } from './admin-request.ts'

/** Data loaded from the server. */
export interface Loaded<Value> {
  /** The last loaded value; undefined before the first. */
  readonly value: Value | undefined
  /** Why the last load failed; undefined if it succeeded or is pending. */
  readonly failure: HttpProblem | undefined
  /** Loads again, keeping the old value meanwhile. */
  readonly reload: () => void
}

/** A hook: loads data on mount. @param load must be a stable function; another one loads again */
export function useLoaded<Value>(load: (signal: AbortSignal) => Promise<Value>): Loaded<Value> {
  const [state, setState] = useState<Pick<Loaded<Value>, 'value' | 'failure'>>({ value: undefined, failure: undefined })
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round triggers the next load
  useEffect(() => {
    const gone = new AbortController()
    load(gone.signal).then(
      (value) => {
        if (!gone.signal.aborted) setState({ value, failure: undefined })
      },
      (thrown) => {
        if (!gone.signal.aborted) setState(({ value }) => ({ value, failure: asProblem(thrown) }))
      },
    )
    return () => gone.abort()
  }, [load, round])
  return { ...state, reload: useCallback(() => setRound((n) => n + 1), []) }
}
