import { useEffect, useState } from 'react'
import { useFeed } from './use-feed.ts'

/**
 * A hook: the server's time, ms since 1970, updated every 30 s: for texts to the minute. What expires does so by the
 * server's clock, and the browser's may be hours off.
 */
export function useServerNow(): number {
  const feed = useFeed()
  const [now, setNow] = useState(() => feed.serverNow)
  useEffect(() => {
    const update = () => setNow((before) => (isApart(before, feed.serverNow) ? feed.serverNow : before))
    const timer = setInterval(update, PERIOD_MS)
    // The first answer about the clock may come after the page was rendered.
    const unsubscribe = feed.subscribe(update)
    return () => {
      clearInterval(timer)
      unsubscribe()
    }
  }, [feed])
  return now
}

const PERIOD_MS = 30_000

/** Whether two times differ by more than texts to the minute can hide: the feed tells of many changes. */
function isApart(one: number, other: number): boolean {
  return Math.abs(one - other) >= PERIOD_MS / 2
}
