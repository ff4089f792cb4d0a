import { type RefObject, useCallback, useEffect, useState } from 'react'

/** How long after the last move the controls stay in full screen, ms. */
const IDLE_MS = 3000

/** Full screen of an element. */
export interface FullScreen {
  readonly isPossible: boolean
  readonly isOn: boolean
  /** Whether nobody has touched anything for a while: what is not the picture goes. Never while not in full screen. */
  readonly isIdle: boolean
  readonly toggle: () => void
}

/** Puts an element on the full screen and back. */
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
    // Refused where the user did not ask for it by a press, of which nobody needs to be told.
    const turn = document.fullscreenElement ? document.exitFullscreen() : element.current?.requestFullscreen()
    turn?.catch(() => {})
  }, [element])
  return { isPossible: document.fullscreenEnabled === true, isOn, isIdle: isOn && isIdle, toggle }
}
