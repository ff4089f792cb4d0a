import { type RefObject, useCallback, useEffect, useState } from 'react'

/** How long the controls stay after the last input in full screen, ms. */
const IDLE_MS = 3000

/** The full-screen state of an element. */
export interface FullScreen {
  readonly isPossible: boolean
  readonly isOn: boolean
  /** Whether there was no input for a while, so that the controls hide. Always false outside of full screen. */
  readonly isIdle: boolean
  readonly toggle: () => void
}

/** A hook: toggles full screen of an element. */
export function useFullScreen(element: RefObject<HTMLElement | null>): FullScreen {
  const [isOn, setOn] = useState(false)
  const [isIdle, setIdle] = useState(false)
  useEffect(() => {
    const changed = () => setOn(document.fullscreenElement !== null && document.fullscreenElement === element.current)
    document.addEventListener('fullscreenchange', changed)
    return () => {
      document.removeEventListener('fullscreenchange', changed)
      if (document.fullscreenElement) document.exitFullscreen().catch(() => {})
    }
  }, [element])
  useEffect(() => {
    if (!isOn) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const moved = () => {
      setIdle(false)
      clearTimeout(timer)
      timer = setTimeout(() => setIdle(true), IDLE_MS)
    }
    const events = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const
    for (const event of events) document.addEventListener(event, moved)
    moved()
    return () => {
      clearTimeout(timer)
      setIdle(false)
      for (const event of events) document.removeEventListener(event, moved)
    }
  }, [isOn])
  const toggle = useCallback(() => {
    // Rejected without a user gesture; not an error to report.
    const turn = document.fullscreenElement ? document.exitFullscreen() : element.current?.requestFullscreen()
    turn?.catch(() => {})
  }, [element])
  return { isPossible: document.fullscreenEnabled === true, isOn, isIdle: isOn && isIdle, toggle }
}
