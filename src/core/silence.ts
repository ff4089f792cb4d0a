/** When a stream that is silent counts as stale and as offline. Times in ms. */
export interface SilenceRules {
  /** Stale after so many times its median interval … */
  readonly staleAfterIntervals: number
  /** … but not before this. */
  readonly staleAfter: number
  /** Offline after this, or as many times its median interval as make it stale … */
  readonly offlineAfter: number
  /** … and not before this while fewer than three frames are known, and so no interval. */
  readonly firstOfflineAfter: number
}

/**
 * What a silence says of a stream: the one rule by which the server tells states and the page whether a picture is late.
 * @param silence since its last frame, ms
 * @param intervalOf tells its median interval, ms; undefined while it is not known. Asked only where it matters: this runs for
 *   each frame and the median is costly
 */
export function stateInSilence(
  silence: number,
  intervalOf: () => number | undefined,
  { staleAfterIntervals, staleAfter, offlineAfter, firstOfflineAfter }: SilenceRules,
): 'live' | 'stale' | 'offline' {
  if (silence < staleAfter) return 'live'
  const interval = intervalOf()
  const longest = interval === undefined ? firstOfflineAfter : staleAfterIntervals * interval
  if (silence >= Math.max(offlineAfter, longest)) return 'offline'
  return interval !== undefined && silence < longest ? 'live' : 'stale'
}
