import { NOT_SEEN_SINCE_START } from '../../src/core/stream-condition.ts'
import { timeAndDay } from '../time/absolute-time.ts'
import { shortAge } from '../time/relative-time.ts'
import type { Liveness } from './liveness.ts'
import type { LivenessText } from './liveness-texts.ts'

/** A language and its texts. */
export interface LivenessWords {
  /** Looks up a text and fills in the values. */
  readonly t: (text: LivenessText, values?: Readonly<Record<string, string>>) => string
  /** For dates and times. */
  readonly language: string
}

/** What is said over a picture that is not live; empty while it is. @param now ms since 1970 by the server's clock */
export function livenessNote(
  { kind, since, what, reason, isRateUnknown }: Liveness,
  now: number,
  { t, language }: LivenessWords,
): string {
  if (kind === 'live') return ''
  if (kind === 'gone') return t('gone')
  if (kind === 'idle') return t('idle')
  if (kind === 'starting') return t('starting')
  if (kind === 'unchanged')
    return t(what === 'picture' ? 'unchanged' : 'clockStands', { age: shortAge(now - (since ?? now), language) })
  if (kind === 'late') return t('late', { age: shortAge(now - (since ?? now), language) })
  if (kind === 'undecodable' && since === undefined) return t('undecodable')
  if (kind === 'stopped' && reason === NOT_SEEN_SINCE_START)
    return since === undefined ? t('notSeen') : t('notSeenButAt', { moment: timeAndDay(since, now, language) })
  if (kind === 'stopped' && since === undefined) return reason === undefined ? t('waiting') : t('offline', { reason })
  if (kind === 'disconnected' && since === undefined) return t('noConnection')
  if (kind === 'waiting' || since === undefined) return t('waiting')
  const of = { moment: timeAndDay(since, now, language) }
  if (kind === 'disconnected') return t('noConnectionSince', of)
  if (kind === 'undecodable') return t('undecodableSince', of)
  if (reason !== undefined) return t('stoppedSinceFor', { ...of, reason })
  return t(isRateUnknown ? 'noneSince' : 'stoppedSince', of)
}
