import type { TFunction } from 'i18next'
import type { Liveness } from './liveness.ts'
import { inWords, moment } from './times.ts'

/** What the page says of a picture that is not live, on a tile and on the watch page alike; nothing of one that is. */
export function livenessNote(
  { kind, since, reason }: Liveness,
  { t, now, language }: { readonly t: TFunction<'common'>; readonly now: number; readonly language: string },
): string {
  if (kind === 'live') return ''
  if (kind === 'gone') return t('gone')
  if (kind === 'idle') return t('idle')
  if (kind === 'starting') return t('starting')
  if (kind === 'late') return t('late', { age: inWords(now - (since ?? now)) })
  if (kind === 'stopped' && since === undefined) return reason === undefined ? t('waiting') : t('offline', { reason })
  if (kind === 'waiting' || since === undefined) return t('waiting')
  const of = { moment: moment(since, now, language) }
  if (kind === 'disconnected') return t('noConnectionSince', of)
  return reason === undefined ? t('stoppedSince', of) : t('stoppedSinceFor', { ...of, reason })
}
