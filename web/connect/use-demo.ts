import { useEffect, useState } from 'react'
import { type DemoState, fetchDemoState, setDemoRunning } from './demo-api.ts'

/** The state of the server's demo, and its switch. */
export interface DemoControl {
  /** undefined: not known yet. */
  readonly isRunning: boolean | undefined
  /** Whether a request to start or stop it is pending. */
  readonly isBusy: boolean
  /** The server's message why it did not start or stop; empty if there was no response. */
  readonly problem: string | undefined
  readonly run: (isRunning: boolean) => void
}

/** A hook: whether the server's demo runs, and functions to start and stop it. */
export function useDemo(): DemoControl {
  const [state, setState] = useState<DemoState>()
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string>()

  useEffect(() => {
    let isOver = false
    fetchDemoState().then(
      (answer) => !isOver && setState(answer),
      // Ignored: the user has not asked for anything yet; an error shows when they start the demo.
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
