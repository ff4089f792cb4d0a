import { useEffect, useLayoutEffect, useRef } from 'react'

/** The actions by `KeyboardEvent.key`; letters in lower case, "shift+s" with Shift. */
export type KeyboardShortcuts = Readonly<Record<string, (() => void) | undefined>>

/** A hook: global keyboard shortcuts, except for keys that the focused element uses itself. */
export function useKeyboardShortcuts(keys: KeyboardShortcuts): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  const isTaken = useRef(false)
  // In the capture phase and registered first (layout effect): an open menu may close on this key, which is still meant
  // for it.
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

/** Whether the focused element uses this key itself. */
function isMeantFor(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false
  const isPress = key === ' ' || key === 'Enter'
  if (isPress)
    return target.closest('button, a, input, textarea, select, summary, [contenteditable], [role=menu]') !== null
  // Keys belong to an open dialog or menu.
  if (document.querySelector('[role=dialog], [role=menu]')) return true
  return target.closest('input:not([type=checkbox]), textarea, select, [contenteditable], [role=slider]') !== null
}
