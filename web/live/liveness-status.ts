import type { TFunction } from 'i18next'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { timeAndDay } from '../time/absolute-time.ts'
import { shortAge } from '../time/relative-time.ts'
import type { Feed } from './feed.ts'
import { type Liveness, type LivenessFacts, livenessOf } from './liveness.ts'

/** How live a picture is, and the text that the page shows; none while it is live. */
export interface LivenessStatus {
  readonly kind: Liveness['kind']
  readonly note: string
}

/** The language and the translation function. */
export interface LivenessWords {
  readonly t: TFunction<'common'>
  readonly language: string
}

/**
 * The current liveness of a picture, for tiles and the watch page.
 * @param stream as the server lists it; undefined if it does not
 * @param shown the displayed picture
 */
export function livenessStatus(
  feed: Pick<Feed, 'serverNow' | 'connection' | 'isComplete'>,
  stream: LiveStream | undefined,
  shown: LivenessFacts['shown'],
  words: LivenessWords,
): LivenessStatus {
  const { serverNow: now, connection, isComplete } = feed
  const liveness = livenessOf({ stream, isComplete, connection, shown, now })
  return { kind: liveness.kind, note: noteOf(liveness, now, words) }
}

function noteOf({ kind, since, reason }: Liveness, now: number, { t, language }: LivenessWords): string {
  if (kind === 'live') return ''
  if (kind === 'gone') return t('gone')
  if (kind === 'idle') return t('idle')
  if (kind === 'starting') return t('starting')
  if (kind === 'late') return t('late', { age: shortAge(now - (since ?? now)) })
  if (kind === 'stopped' && since === undefined) return reason === undefined ? t('waiting') : t('offline', { reason })
  if (kind === 'waiting' || since === undefined) return t('waiting')
  const of = { moment: timeAndDay(since, now, language) }
  if (kind === 'disconnected') return t('noConnectionSince', of)
  return reason === undefined ? t('stoppedSince', of) : t('stoppedSinceFor', { ...of, reason })
}
