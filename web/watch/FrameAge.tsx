import { useEffect, useRef } from 'react'
import { useFeed } from '../live/use-feed.ts'
import { preciseAge } from '../time/relative-time.ts'
import type { Player } from './player.ts'

/** How old the picture on the screen is: written for each of the screen's own pictures, without React. */
export function FrameAge({ player, testId }: { player: Player; testId?: string }) {
  const feed = useFeed()
  const element = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    let request = 0
    const write = () => {
      request = requestAnimationFrame(write)
      const { shown } = player
      const text = shown ? preciseAge(feed.serverNow - shown.receivedAt) : '–'
      // The text of a node that stays: that costs no new layout where figures have one width.
      if (element.current && element.current.textContent !== text) element.current.textContent = text
    }
    write()
    return () => cancelAnimationFrame(request)
  }, [feed, player])
  return <span ref={element} data-testid={testId} />
}
