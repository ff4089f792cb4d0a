import type { TFunction } from 'i18next'
import { streamId } from '../../src/core/stream-name.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { warningText } from '../overlay/warning-text.ts'

/** The streams with a warning now, including those out of view, by id (`streamId`). */
export type WarningStreams = ReadonlyMap<string, WarningStream>

/** A stream with warnings. */
export interface WarningStream {
  /** The stream's display name. */
  readonly stream: string
  /** The names of the warnings, as the server sends them. */
  readonly names: readonly string[]
  /** The warnings in the user's language. */
  readonly words: string
}

/** Finds the streams with a warning now. Stopped streams are excluded, since their warnings may be outdated. */
export function warningStreamsOf(streams: readonly LiveStream[], t: TFunction<'common'>): WarningStreams {
  const warned = new Map<string, WarningStream>()
  for (const stream of streams) {
    const { label, key, state, warnings: names = [] } = stream
    if (state !== 'live' || names.length === 0) continue
    const words = names.map((name) => warningText({ name, count: undefined }, t)).join(', ')
    warned.set(streamId(stream), { stream: `${label}, ${key}`, names, words })
  }
  return warned
}
