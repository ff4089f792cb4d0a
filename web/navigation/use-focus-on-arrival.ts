import { useEffect } from 'react'
import { useLocation } from 'react-router'
import { pagePath } from '../server-address.ts'

/** The path of the current page. On the first page the browser handles the focus. */
let arrivedAt = pagePath()

/**
 * A hook: focuses a page's content after client-side navigation, where the focus would be lost: keyboard and screen
 * reader users continue from there, not from the top of the document.
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
