import { useCallback, useEffect, useState } from 'react'
import type { HttpProblem } from '../access/fetch-json.ts'
import { asProblem } from './admin-request.ts'

/** Something of the server's, as far as it is there. */
export interface Loaded<Value> {
  /** The last that came; undefined: none has. */
  readonly value: Value | undefined
  /** Why it could not be read this time; undefined: it could, or it is on its way. */
  readonly failure: HttpProblem | undefined
  /** Reads it again. What is there stays until the new one has come. */
  readonly reload: () => void
}

/** Reads something when the component appears. @param load must stay the same function as long as it loads the same */
export function useLoaded<Value>(load: (signal: AbortSignal) => Promise<Value>): Loaded<Value> {
  const [state, setState] = useState<Pick<Loaded<Value>, 'value' | 'failure'>>({ value: undefined, failure: undefined })
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the round is what asks for the next reading
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
