import { useEffect, useLayoutEffect, useRef } from 'react'

/** What keys do, by `KeyboardEvent.key`; letters in lower case, "shift+s" with Shift. */
export type KeyboardShortcuts = Readonly<Record<string, (() => void) | undefined>>

/** Listens to keys wherever the focus is, but for those that mean something there. */
export function useKeyboardShortcuts(keys: KeyboardShortcuts): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  const isTaken = useRef(false)
  // Asked before whatever is open hears of the key: it may close at once, and the key is still meant for it. With the
  // layout, so that this listener is the first.
  useLayoutEffect(() => {
    const beforeKeyDown = (event: KeyboardEvent) => {
      isTaken.current = isMeantFor(event.target, event.key)
    }
    window.addEventListener('keydown', beforeKeyDown, { capture: true })
    return () => window.removeEventListener('keydown', beforeKeyDown, { capture: true })
  }, [])
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
      if (isTaken.current) return
      const key = event.key.toLowerCase()
      const isShiftedLetter = event.shiftKey && /^[a-z]$/.test(key)
      const action = latest.current[isShiftedLetter ? `shift+${key}` : key]
      if (!action) return
      event.preventDefault()
      action()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

/** Whether what has the focus uses this key itself. */
function isMeantFor(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false
  const isPress = key === ' ' || key === 'Enter'
  if (isPress)
    return target.closest('button, a, input, textarea, select, summary, [contenteditable], [role=menu]') !== null
  // Whoever has opened something means that, and closes it with Escape.
  if (document.querySelector('[role=dialog], [role=menu]')) return true
  return target.closest('input:not([type=checkbox]), textarea, select, [contenteditable], [role=slider]') !== null
}
