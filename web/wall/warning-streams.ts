import type { TFunction } from 'i18next'
import { streamId } from '../../src/core/stream-name.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { warningText } from '../overlay/warning-text.ts'

/** The streams that warn now, also those out of view, by their ids (`streamId`). */
export type WarningStreams = ReadonlyMap<string, WarningStream>

/** A stream that warns. */
export interface WarningStream {
  /** What people call it. */
  readonly stream: string
  /** Of the warnings, as the server names them. */
  readonly names: readonly string[]
  /** The same in the user's language. */
  readonly words: string
}

/** Which streams warn now. One that has stopped does not: what it warned of may be over. */
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
