import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveStream } from '../../src/wire/live.ts'
import { type Liveness, livenessOf } from '../live/liveness.ts'
import { onTick } from '../live/ticker.ts'
import { inWords, moment } from '../live/times.ts'
import { useFeed } from '../live/use-feed.ts'
import type { Player } from './player.ts'

/** How live the picture is, and what is to be said of it: nothing, while it is. */
export interface Face {
  readonly kind: Liveness['kind']
  readonly note: string
}

/** Keeps it up to date; renders when what is said changes. */
export function useLiveness(player: Player, stream: LiveStream | undefined): Face {
  const feed = useFeed()
  const { t, i18n } = useTranslation()
  const [face, setFace] = useState<Face>({ kind: 'waiting', note: t('waiting') })
  const { language } = i18n
  useEffect(() => {
    const look = () => {
      const { serverNow: now, connection, isComplete } = feed
      // While frozen it is the stream that is live or not; that the picture is not is said beside.
      const shown = player.state.isFrozen ? player.newest : player.shown
      const { kind, since } = livenessOf({ stream, isComplete, connection, shown, now })
      const noteOf = () => {
        if (kind === 'live') return ''
        if (kind === 'late') return t('late', { age: inWords(now - (since ?? now)) })
        if (kind === 'gone') return t('gone')
        if (since === undefined || kind === 'waiting') return t('waiting')
        const of = { moment: moment(since, now, language) }
        return kind === 'stopped' ? t('stoppedSince', of) : t('noConnectionSince', of)
      }
      const note = noteOf()
      setFace((before) => (before.kind === kind && before.note === note ? before : { kind, note }))
    }
    look()
    const end = onTick(look)
    // Whoever comes back to the page must not see as live, not for a moment, what has stood still meanwhile.
    document.addEventListener('visibilitychange', look)
    return () => {
      end()
      document.removeEventListener('visibilitychange', look)
    }
  }, [feed, player, stream, t, language])
  return face
}
