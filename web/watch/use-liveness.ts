import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { onTick } from '../../client/view/ticker.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { type LivenessStatus, livenessStatus, type SourceWords } from '../live/liveness-status.ts'
import { useFeed } from '../live/use-feed.ts'
import type { Player } from './player.ts'

/**
 * A hook: the liveness of the picture and its text; re-renders when the text changes.
 * @param source what the source of the stream says
 */
export function useLiveness(
  player: Player,
  stream: LiveStream | undefined,
  source: SourceWords | undefined,
): LivenessStatus {
  const feed = useFeed()
  const { t, i18n } = useTranslation()
  const [status, setStatus] = useState<LivenessStatus>({
    kind: 'waiting',
    note: t('waiting'),
    unchangedSince: undefined,
  })
  const { language } = i18n
  useEffect(() => {
    const look = () => {
      // While frozen, the liveness of the stream; that the picture is frozen is shown separately.
      const shown = player.state.isFrozen ? player.newest : player.shown
      const now = livenessStatus(feed, stream, { shown, failedAt: player.failedAt }, { t, language, source })
      setStatus((before) => (isSame(before, now) ? before : now))
    }
    look()
    const end = onTick(look)
    // When the page becomes visible again an old picture must not look live even for a moment.
    document.addEventListener('visibilitychange', look)
    return () => {
      end()
      document.removeEventListener('visibilitychange', look)
    }
  }, [feed, player, stream, source, t, language])
  return status
}

function isSame(one: LivenessStatus, other: LivenessStatus): boolean {
  return one.kind === other.kind && one.note === other.note && one.unchangedSince === other.unchangedSince
}
