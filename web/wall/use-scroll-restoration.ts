import { useLayoutEffect } from 'react'
import { NavigationType, useLocation, useNavigationType } from 'react-router'
import { BASE_PATH, pagePath } from '../server-address.ts'

/** The wall's state when it was left: its history entry, the scroll position in CSS pixels, and the target path. */
let left: { readonly entry: string; readonly y: number; readonly to: string } | undefined

/**
 * Scroll restoration: who comes back to the wall finds it scrolled as it was, and the focus on the tile that was looked
 * at. The browser scrolls too early, when no tile is there yet, and does not remember the focus.
 * @param isLaidOut whether the tiles have been laid out
 */
export function useScrollRestoration(isLaidOut: boolean): void {
  const { key: entry } = useLocation()
  const isBack = useNavigationType() === NavigationType.Pop
  useLayoutEffect(() => {
    if (!isLaidOut) return undefined
    if (isBack && left?.entry === entry) {
      const { y, to } = left
      window.scrollTo(0, y)
      tileTo(to)?.focus({ preventScroll: true })
    }
    return () => {
      left = { entry, y: window.scrollY, to: pagePath() }
    }
  }, [isLaidOut, isBack, entry])
}

function tileTo(path: string): HTMLElement | undefined {
  const tiles = document.querySelectorAll<HTMLElement>('a[data-kind]')
  return [...tiles].find((tile) => tile.getAttribute('href') === BASE_PATH + path)
}
