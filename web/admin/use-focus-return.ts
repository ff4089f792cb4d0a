import { useEffect, useRef } from 'react'

/**
 * A hook: focuses the page's content when the focused element was removed with an old list, so that keyboard and screen
 * reader users continue from there.
 * @param list the shown list; undefined before it is loaded
 */
export function useFocusReturn(list: unknown): void {
  const before = useRef<unknown>(undefined)
  useEffect(() => {
    const hadOne = before.current !== undefined
    before.current = list
    if (!hadOne) return
    const timer = setTimeout(() => {
      if (document.activeElement === document.body) document.getElementById('content')?.focus({ preventScroll: true })
    }, RETURN_MS)
    return () => clearTimeout(timer)
  }, [list])
}

/** How long a closing dialog takes to return the focus, ms; until then it must not be moved. */
const RETURN_MS = 100
