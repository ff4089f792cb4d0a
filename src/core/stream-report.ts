import type { EventInput } from './event.ts'

/** The types of events in which the server reports states and warnings of streams. */
const TYPES = [
  'stream_online',
  'stream_stale',
  'stream_offline',
  'stream_undecodable',
  'stream_decodable',
  'stream_unchanged',
  'stream_changed',
  'warning_raised',
  'warning_cleared',
] as const

/** The type of such an event. */
export type StreamReportType = (typeof TYPES)[number]

/** Whether an event is one of these, as far as it says itself: any publisher may use their names. */
export function isStreamReport({ source, type }: Pick<EventInput, 'source' | 'type'>): boolean {
  return source === 'server' && TYPES.some((each) => each === type)
}
