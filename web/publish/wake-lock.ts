/** Keeps the screen from going dark, where the browser can: with the screen the camera goes off. @returns what ends it */
export function keepAwake(): () => void {
  if (!('wakeLock' in navigator)) return () => {}
  let lock: WakeLockSentinel | undefined
  let isOver = false
  const take = async () => {
    // A hidden page has none, and loses the one it had.
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
