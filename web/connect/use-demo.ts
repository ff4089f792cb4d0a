import { useEffect, useState } from 'react'
import { type DemoState, fetchDemoState, setDemoRunning } from './demo-api.ts'

/** The server's demo. */
export interface DemoControl {
  /** undefined: not known yet. */
  readonly isRunning: boolean | undefined
  /** It was asked to start or stop, and has not answered yet. */
  readonly isBusy: boolean
  /** Why it did not start or stop, in the server's words; empty: it did not answer. */
  readonly problem: string | undefined
  readonly run: (isRunning: boolean) => void
}

/** Whether the server's demo runs, and what starts and stops it. */
export function useDemo(): DemoControl {
  const [state, setState] = useState<DemoState>()
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string>()

  useEffect(() => {
    let isOver = false
    fetchDemoState().then(
      (answer) => !isOver && setState(answer),
      // Nothing was wanted of it yet: what is the matter shows when something is.
      () => {},
    )
    return () => {
      isOver = true
    }
  }, [])

  const run = async (isRunning: boolean) => {
    setIsBusy(true)
    setProblem(undefined)
    try {
      setState(await setDemoRunning(isRunning))
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
    setIsBusy(false)
  }
  return { isRunning: state?.isRunning, isBusy, problem, run }
}
