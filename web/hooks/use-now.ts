import { useEffect, useState } from 'react'

/** A hook: the browser's current time, ms since 1970, updated every 30 s: for texts to the minute. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
