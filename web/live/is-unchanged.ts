import type { LiveStream } from '../../src/wire/live-messages.ts'

/** Whether nothing visible has changed. The last frame's time of a live stream is ignored: its pictures show it. */
export function isUnchanged(before: LiveStream | undefined, stream: LiveStream): boolean {
  const { state, reason, since, undecodable, last_frame_at, warnings = [] } = stream
  if (before?.state !== state || before.since !== since || before.reason !== reason) return false
  if (before.undecodable?.since !== undecodable?.since) return false
  if ((before.warnings ?? []).join('\n') !== warnings.join('\n')) return false
  return state === 'live' || before.last_frame_at === last_frame_at
}
