import { useEffect } from 'react'
import { useLocation } from 'react-router'

/** The address of the page that was arrived at last. The browser itself looks after the first. */
let arrivedAt = window.location.pathname

/**
 * Puts the focus on a page's content when the user has come to it from another page of ours, and it would be nowhere:
 * keyboard and screen reader go on from there, not from the top of the document.
 */
export function useFocusOnArrival(): void {
  const { pathname } = useLocation()
  useEffect(() => {
    if (arrivedAt === pathname) return
    arrivedAt = pathname
    if (document.activeElement !== document.body) return
    const content = document.getElementById('content')
    content?.setAttribute('tabindex', '-1')
    content?.focus({ preventScroll: true })
  }, [pathname])
}
