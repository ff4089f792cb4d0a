import { type StreamName, streamId } from '../../src/core/names.ts'
import type { WallSettings } from './wall-settings.ts'

/** The streams that the user wants to see, in the order they come in. @param warned ids of those that warn now */
export function choose<Stream extends StreamName>(
  streams: readonly Stream[],
  { label, search, isWarningsOnly }: WallSettings,
  warned: ReadonlyMap<string, unknown>,
): Stream[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return streams.filter((stream) => {
    if (label !== undefined && stream.label !== label) return false
    if (isWarningsOnly && !warned.has(streamId(stream))) return false
    const name = `${stream.label} ${stream.key}`.toLocaleLowerCase()
    return words.every((word) => name.includes(word))
  })
}

/** The streams by label, in the order they come in. */
export function byLabel<Stream extends StreamName>(streams: readonly Stream[]): Map<string, Stream[]> {
  const sections = new Map<string, Stream[]>()
  for (const stream of streams) {
    const section = sections.get(stream.label)
    if (section) section.push(stream)
    else sections.set(stream.label, [stream])
  }
  return sections
}
