import type { TFunction } from 'i18next'
import { type Liveness, type LivenessFacts, livenessOf } from '../../client/view/liveness.ts'
import { livenessNote } from '../../client/view/liveness-note.ts'
import type { LivenessText } from '../../client/view/liveness-texts.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import type { Feed } from './feed.ts'

/** How live a picture is, and the text that the page shows; none while it is live. */
export interface LivenessStatus {
  readonly kind: Liveness['kind']
  readonly note: string
  /** The time that the picture's age counts from, if not from its own: of equal pictures that of the first. */
  readonly unchangedSince: number | undefined
}

/** The language and the translation function. */
export interface LivenessWords {
  readonly t: TFunction<'common'>
  readonly language: string
  /** What the source of the stream says, in place of what the stream does; left out: nothing. */
  readonly source?: SourceWords | undefined
}

/** What is said of a stream whose source the page knows; undefined: what is said of any. */
export interface SourceWords {
  /** While it starts. */
  readonly starting: string | undefined
  /** Why it is offline. */
  readonly reason: string | undefined
}

/**
 * The current liveness of a picture, for tiles and the watch page.
 * @param stream as the server lists it; undefined if it does not
 * @param picture the displayed picture, and whether a newer one could not be decoded
 */
export function livenessStatus(
  feed: Pick<Feed, 'serverNow' | 'connection' | 'isComplete'>,
  stream: LiveStream | undefined,
  { shown, failedAt }: Pick<LivenessFacts, 'shown' | 'failedAt'>,
  { t, language, source }: LivenessWords,
): LivenessStatus {
  const { serverNow: now, connection, isComplete } = feed
  const facts = { stream, isComplete, connection, shown, failedAt, now }
  const seen = livenessOf(facts)
  // What the source says may be newer than what the stream is listed as.
  const hasReason = stream && source?.reason !== undefined && HAS_NO_PICTURES.has(seen.kind)
  const liveness = hasReason
    ? livenessOf({ ...facts, stream: { ...stream, state: 'offline', reason: source.reason } })
    : seen
  // As if it were a text without values: which text needs which, `livenessNote` knows.
  const words = { language, t: (text: LivenessText, values?: object) => t(text as 'gone', { ...values }) }
  const { kind, since } = liveness
  const note = (kind === 'starting' ? source?.starting : undefined) ?? livenessNote(liveness, now, words)
  return { kind, note, unchangedSince: kind === 'unchanged' ? since : undefined }
}

/** When the source is to blame. */
const HAS_NO_PICTURES = new Set<Liveness['kind']>(['late', 'stopped'])
