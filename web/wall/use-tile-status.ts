import { type RefObject, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { type LivenessStatus, livenessStatus } from '../live/liveness-status.ts'
import { onDraw, onTick } from '../live/ticker.ts'
import { useFeed } from '../live/use-feed.ts'
import type { ShownPicture } from '../live/worker-protocol.ts'
import { shortAge } from '../time/relative-time.ts'

/** What keeps a tile's age and state up to date. */
export interface TileStatus {
  /** For the tile's element. It has `data-kind`, and in it parts named `age` and `note`. */
  readonly ref: RefObject<HTMLAnchorElement | null>
  /** To be called when a new picture is shown; otherwise it looks by itself. */
  readonly refresh: () => void
}

/**
 * Tells a tile's age and state, without React: with many tiles rendering would cost more than their pictures.
 * @param shown the picture that is seen
 */
export function useTileStatus(stream: LiveStream, shown: RefObject<ShownPicture | undefined>): TileStatus {
  const feed = useFeed()
  const { t, i18n } = useTranslation()
  const tile = useRef<HTMLAnchorElement>(null)
  const latest = useRef(() => {})
  useEffect(() => {
    const element = tile.current
    const age = element?.querySelector('[data-part=age]')
    const note = element?.querySelector('[data-part=note]')
    if (!element || !age || !note) return undefined
    const language = i18n.language

    let backSince: number | undefined
    /** Whether a picture that stood still may be called live: the new one was drawn by another thread, a frame later perhaps. */
    const isBack = () => {
      backSince ??= performance.now()
      return performance.now() - backSince >= ON_SCREEN_MS
    }

    const tell = () => {
      const status = livenessStatus(feed, stream, shown.current, { t, language })
      if (status.kind !== 'live') backSince = undefined
      else if (STOOD_STILL.has(element.dataset.kind ?? '') && !isBack()) return
      else backSince = undefined
      const receivedAt = shown.current?.receivedAt
      setText(age, receivedAt === undefined ? '' : shortAge(feed.serverNow - receivedAt))
      setText(note, status.note)
      if (element.dataset.kind !== status.kind) element.dataset.kind = status.kind
    }
    // The age alone, of what is live: right to the frame, for the price of a comparison.
    const tellAge = () => {
      const receivedAt = shown.current?.receivedAt
      if (element.dataset.kind === 'live' && receivedAt !== undefined)
        setText(age, shortAge(feed.serverNow - receivedAt))
    }
    latest.current = tell
    tell()
    const ends = [onTick(tell), onDraw(tellAge)]
    return () => {
      for (const end of ends) end()
    }
  }, [feed, stream, shown, t, i18n.language])
  return { ref: tile, refresh: () => latest.current() }
}

/** What a tile is called while its picture stands still. */
const STOOD_STILL = new Set<string>([
  'late',
  'idle',
  'starting',
  'stopped',
  'disconnected',
  'gone',
] satisfies LivenessStatus['kind'][])
/** After so long what was drawn is on the screen: a few of its frames. */
const ON_SCREEN_MS = 60

/** Only a change costs a layout. */
function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}
