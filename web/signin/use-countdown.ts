import { useEffect, useState } from 'react'

/** Seconds that are left, counting down to 0, and what starts it anew. */
export function useCountdown(): [seconds: number, start: (seconds: number) => void] {
  const [end, setEnd] = useState(0)
  const [now, setNow] = useState(0)
  const isOver = end <= now
  useEffect(() => {
    if (isOver) return undefined
    // By the clock: a hidden page is not called every second.
    const timer = setInterval(() => setNow(performance.now()), 250)
    return () => clearInterval(timer)
  }, [isOver])
  const start = (seconds: number) => {
    setNow(performance.now())
    setEnd(performance.now() + seconds * 1000)
  }
  return [Math.max(0, Math.ceil((end - now) / 1000)), start]
}
