import { type StreamName, streamId } from '../../src/core/stream-name.ts'

/** A section of the wall. */
export interface WallSection<Stream extends StreamName> {
  /** undefined: the favourites of all labels. */
  readonly label: string | undefined
  readonly streams: readonly Stream[]
}

/**
 * Groups streams by label, keeping their order. Favourites come first: in a section of their own, or at the beginning
 * if there is only one section.
 * @param favourites stream ids
 */
export function sectionsOf<Stream extends StreamName>(
  streams: readonly Stream[],
  favourites: ReadonlySet<string>,
): WallSection<Stream>[] {
  const isFavourite = (stream: Stream) => favourites.has(streamId(stream))
  const first = favourites.size === 0 ? [] : streams.filter(isFavourite)
  const rest = first.length === 0 ? streams : streams.filter((stream) => !isFavourite(stream))
  const [only] = streams
  if (only && streams.every(({ label }) => label === only.label))
    return [{ label: only.label, streams: [...first, ...rest] }]
  const labels = [...byLabel(rest)].map(([label, section]) => ({ label, streams: section }))
  return first.length === 0 ? labels : [{ label: undefined, streams: first }, ...labels]
}

function byLabel<Stream extends StreamName>(streams: readonly Stream[]): Map<string, Stream[]> {
  const sections = new Map<string, Stream[]>()
  for (const stream of streams) {
    const section = sections.get(stream.label)
    if (section) section.push(stream)
    else sections.set(stream.label, [stream])
  }
  return sections
}
