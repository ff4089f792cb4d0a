import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { type LivenessStatus, livenessStatus } from '../live/liveness-status.ts'
import { onTick } from '../live/ticker.ts'
import { useFeed } from '../live/use-feed.ts'
import type { Player } from './player.ts'

/** How live the picture is and what is to be said of it, kept up to date; renders when what is said changes. */
export function useLiveness(player: Player, stream: LiveStream | undefined): LivenessStatus {
  const feed = useFeed()
  const { t, i18n } = useTranslation()
  const [status, setStatus] = useState<LivenessStatus>({ kind: 'waiting', note: t('waiting') })
  const { language } = i18n
  useEffect(() => {
    const look = () => {
      // While frozen it is the stream that is live or not; that the picture is not is said beside.
      const shown = player.state.isFrozen ? player.newest : player.shown
      const { kind, note } = livenessStatus(feed, stream, shown, { t, language })
      setStatus((before) => (before.kind === kind && before.note === note ? before : { kind, note }))
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
  return status
}
