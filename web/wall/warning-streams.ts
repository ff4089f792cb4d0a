import type { TFunction } from 'i18next'
import { streamId } from '../../src/core/names.ts'
import type { LiveStream } from '../../src/wire/live.ts'
import { wordsOf } from '../overlay/warning-text.ts'

/** The streams that warn now, also those out of view, by their ids (`streamId`). */
export type Warned = ReadonlyMap<string, Warner>

/** A stream that warns. */
export interface Warner {
  /** What people call it. */
  readonly stream: string
  /** Of the warnings, as the server names them. */
  readonly names: readonly string[]
  /** The same in the user's language. */
  readonly words: string
}

/** Which streams warn now. One that has stopped does not: what it warned of may be over. */
export function warnedOf(streams: readonly LiveStream[], t: TFunction<'common'>): Warned {
  const warned = new Map<string, Warner>()
  for (const stream of streams) {
    const { label, key, state, warnings: names = [] } = stream
    if (state !== 'live' || names.length === 0) continue
    const words = names.map((name) => wordsOf({ name, count: undefined }, t)).join(', ')
    warned.set(streamId(stream), { stream: `${label}, ${key}`, names, words })
  }
  return warned
}
