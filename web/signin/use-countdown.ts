import { useEffect, useState } from 'react'

/** A hook: the remaining seconds of a countdown, and a function that (re)starts it. */
export function useCountdown(): [seconds: number, start: (seconds: number) => void] {
  const [end, setEnd] = useState(0)
  const [now, setNow] = useState(0)
  const isOver = end <= now
  useEffect(() => {
    if (isOver) return undefined
    // Computed from the clock, since timers of hidden pages are throttled.
    const timer = setInterval(() => setNow(performance.now()), 250)
    return () => clearInterval(timer)
  }, [isOver])
  const start = (seconds: number) => {
    setNow(performance.now())
    setEnd(performance.now() + seconds * 1000)
  }
  return [Math.max(0, Math.ceil((end - now) / 1000)), start]
}
