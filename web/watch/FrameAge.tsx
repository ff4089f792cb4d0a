import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { preciseAge } from '../../client/time/relative-time.ts'
import { useFeed } from '../live/use-feed.ts'
import type { Player } from './player.ts'

/** The props of the age. */
export interface FrameAgeProps {
  readonly player: Player
  /** From when on it counts, ms since 1970, where the picture only repeats an older one. */
  readonly unchangedSince?: number | undefined
  readonly testId?: string
}

/** The age of the displayed picture, written to the DOM on each animation frame, without React. */
export function FrameAge({ player, unchangedSince, testId }: FrameAgeProps) {
  const feed = useFeed()
  const { language } = useTranslation().i18n
  const element = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    let request = 0
    const write = () => {
      request = requestAnimationFrame(write)
      const { shown } = player
      const since = unchangedSince ?? shown?.picture.takenAt
      const text = since === undefined ? '–' : preciseAge(feed.serverNow - since, language)
      // Updates the existing text node: with tabular figures that needs no layout.
      if (element.current && element.current.textContent !== text) element.current.textContent = text
    }
    write()
    return () => cancelAnimationFrame(request)
  }, [feed, player, unchangedSince, language])
  return <span ref={element} data-testid={testId} />
}
