import { useEffect, useState } from 'react'

/** The newest answer of the server, and why there was none the last time. */
export interface Polled<Value> {
  readonly value: Value | undefined
  /** What the last request failed with; undefined if it succeeded. */
  readonly failure: unknown
}

const NOTHING: Polled<never> = { value: undefined, failure: undefined }

/**
 * A hook: asks again and again while the page is visible, never before the last answer has come.
 * @param ask must be a stable function; another one begins anew.
 * @param interval between an answer and the next question, ms; a function of the last answer must be stable, too
 */
export function usePolled<Value>(
  ask: (signal: AbortSignal) => Promise<Value>,
  interval: number | ((value: Value | undefined) => number),
): Polled<Value> {
  const [state, setState] = useState<{ readonly of: unknown; readonly polled: Polled<Value> }>()
  useEffect(() => {
    const gone = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let isAsking = false
    const note = (change: (last: Polled<Value>) => Polled<Value>, value?: Value) => {
      isAsking = false
      if (gone.signal.aborted) return
      setState((last) => ({ of: ask, polled: change(last?.of === ask ? last.polled : NOTHING) }))
      timer = setTimeout(poll, typeof interval === 'number' ? interval : interval(value))
    }
    const poll = () => {
      if (document.hidden || isAsking) return
      isAsking = true
      ask(gone.signal).then(
        (value) => note(() => ({ value, failure: undefined }), value),
        (failure) => note((last) => ({ ...last, failure })),
      )
    }
    const resume = () => {
      clearTimeout(timer)
      poll()
    }
    poll()
    document.addEventListener('visibilitychange', resume)
    return () => {
      gone.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', resume)
    }
  }, [ask, interval])
  return state?.of === ask && state ? state.polled : NOTHING
}
