import { useLayoutEffect } from 'react'
import { NavigationType, useLocation, useNavigationType } from 'react-router'

/** How far down the wall was when it was left, CSS pixels, and the entry of the history that it was. */
let left: { readonly entry: string; readonly y: number } | undefined

/**
 * Who comes back to the wall finds it scrolled as it was. The browser does that too early, when no tile is there yet.
 * @param isLaidOut whether the tiles are in their places
 */
export function useScrollBack(isLaidOut: boolean): void {
  const { key: entry } = useLocation()
  const isBack = useNavigationType() === NavigationType.Pop
  useLayoutEffect(() => {
    if (!isLaidOut) return undefined
    if (isBack && left?.entry === entry) window.scrollTo(0, left.y)
    return () => {
      left = { entry, y: window.scrollY }
    }
  }, [isLaidOut, isBack, entry])
}
