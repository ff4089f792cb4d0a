import { useEffect, useRef } from 'react'

/**
 * Puts the focus on the page's content when what had it has gone with an old list, so that keyboard and screen reader go
 * on from there.
 * @param list what is shown; undefined as long as there is none
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

/** A dialog that closes gives the focus back within this time, and should find it nowhere else. */
const RETURN_MS = 100
