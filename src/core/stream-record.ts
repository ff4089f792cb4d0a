import type { RememberedStream } from './remembered-stream.ts'
import type { Stream } from './stream.ts'

/**
 * What is worth remembering of a stream; undefined if it has never sent anything, or if a source of this server declares it
 * at each start: then it is listed in any case. What sources find only while they run is remembered.
 * @param now ms since 1970
 * @param monotonic the same moment, ms
 */
export function recordOf(stream: Stream, now: number, monotonic: number): RememberedStream | undefined {
  const { name, start, declared, remembered } = stream
  if (remembered) return remembered
  const silence = stream.silence(monotonic)
  const isDeclaredAgain = declared !== undefined && !declared.options.isStored && start === 'newest'
  if (isDeclaredAgain || !Number.isFinite(silence)) return undefined
  const newest = start === 'newest' ? stream.newest : undefined
  return { name, start, lastSeenAt: newest?.receivedAt ?? now - silence, size: newest?.size }
}
