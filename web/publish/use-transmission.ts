import { useEffect, useState } from 'react'
import { useStore } from '../hooks/use-store.ts'
import { useReloadHold } from '../update/use-page-update.ts'
import type { Transmission, TransmissionState } from './transmission.ts'
import { keepAwake } from './wake-lock.ts'

/** A hook: the current transmission, ended on unmount, and a function that starts one (undefined: ends it). */
export function useTransmission(): {
  transmission: Transmission | undefined
  state: TransmissionState | undefined
  start: (transmission: Transmission | undefined) => void
} {
  const [transmission, start] = useState<Transmission>()
  useEffect(() => {
    if (!transmission) return undefined
    const release = keepAwake()
    return () => {
      release()
      transmission.close()
    }
  }, [transmission])
  // Whoever set up a camera need not be there to set it up again.
  useReloadHold(transmission !== undefined)
  const state = useStore(transmission ?? NO_TRANSMISSION, (each) => each.state)
  return { transmission, state, start }
}

const NO_TRANSMISSION = { state: undefined, subscribe: () => () => {} }

/**
 * A hook: for how many seconds the camera delivered no pictures while the page was hidden; reported for a while after
 * it becomes visible. Some browsers render, and so capture, nothing in a hidden page.
 */
export function useHiddenPause(transmission: Transmission | undefined): number | undefined {
  const [seconds, setSeconds] = useState<number>()
  useEffect(() => {
    setSeconds(undefined)
    if (!transmission) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const changed = () => {
      const pause = Date.now() - (transmission.lastShotAt ?? Date.now())
      if (document.visibilityState !== 'visible' || pause < LEAST_MS) return
      clearTimeout(timer)
      setSeconds(Math.round(pause / 1000))
      timer = setTimeout(() => setSeconds(undefined), TOLD_MS)
    }
    document.addEventListener('visibilitychange', changed)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', changed)
    }
  }, [transmission])
  return seconds
}

const LEAST_MS = 2000
const TOLD_MS = 15_000
