import { isSameStream, type StreamName } from '../../src/core/stream-name.ts'

/**
 * The next or previous stream, wrapping around. From one that is not in the list, the first or the last; undefined if
 * there is no other.
 */
export function adjacentStream(streams: readonly StreamName[], from: StreamName, by: 1 | -1): StreamName | undefined {
  const at = streams.findIndex((stream) => isSameStream(stream, from))
  if (at < 0) return by > 0 ? streams[0] : streams.at(-1)
  if (streams.length < 2) return undefined
  return streams[(at + by + streams.length) % streams.length]
}
