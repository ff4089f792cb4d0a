import { isSameName, type StreamName, streamId } from '../../src/core/stream-name.ts'
import { streamSearch } from '../live/stream-search.ts'
import type { WallSettings } from './wall-settings.ts'

/** Filters streams by the wall's settings, keeping their order. @param warned the ids of streams with a warning now */
export function filterStreams<Stream extends StreamName>(
  streams: readonly Stream[],
  { label, search, isWarningsOnly }: WallSettings,
  warned: ReadonlyMap<string, unknown>,
): Stream[] {
  const isFound = streamSearch(search)
  return streams.filter((stream) => {
    if (label !== undefined && !isSameName(stream.label, label)) return false
    if (isWarningsOnly && !warned.has(streamId(stream))) return false
    return isFound(stream)
  })
}
