import { useEffect, useState } from 'react'
import { useStore } from '../hooks/use-store.ts'
import type { Transmission, TransmissionState } from './transmission.ts'
import { keepAwake } from './wake-lock.ts'

/** The transmission that is under way, over when the component goes, and what starts (undefined: ends) one. */
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
  const state = useStore(transmission ?? NO_TRANSMISSION, (each) => each.state)
  return { transmission, state, start }
}

const NO_TRANSMISSION = { state: undefined, subscribe: () => () => {} }

/**
 * For how many seconds the camera gave no picture while the page was hidden: told for a while after it is seen again.
 * Some browsers show, and so capture, nothing in a hidden page.
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
