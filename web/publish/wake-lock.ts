/** Holds a screen wake lock, if supported: when the screen turns off, so does the camera. @returns releases it */
export function keepAwake(): () => void {
  if (!('wakeLock' in navigator)) return () => {}
  let lock: WakeLockSentinel | undefined
  let isOver = false
  const take = async () => {
    // The browser releases wake locks of hidden pages.
    if (document.visibilityState !== 'visible') return
    const taken = await navigator.wakeLock.request('screen').catch(() => undefined)
    if (isOver) taken?.release().catch(() => {})
    else lock = taken
  }
  document.addEventListener('visibilitychange', take)
  void take()
  return () => {
    isOver = true
    document.removeEventListener('visibilitychange', take)
    lock?.release().catch(() => {})
  }
}
