import { type RefObject, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { shortAge } from '../../client/time/relative-time.ts'
import { onDraw, onTick } from '../../client/view/ticker.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { type LivenessStatus, livenessStatus, type SourceWords } from '../live/liveness-status.ts'
import { useFeed } from '../live/use-feed.ts'
import type { ShownPicture } from '../live/worker-protocol.ts'

/** Keeps a tile's age and state up to date. */
export interface TileStatus {
  /** The ref of the tile's element, which gets `data-kind`, and `data-aged` once it has an age, and contains parts named `age` and `note`. */
  readonly ref: RefObject<HTMLAnchorElement | null>
  /** Must be called when a new picture is shown; other updates are automatic. */
  readonly refresh: () => void
}

/**
 * A hook: writes a tile's age and state directly to the DOM, since rendering many tiles with React would cost more than
 * their pictures.
 * @param shown the displayed picture
 * @param failedAt when the newest picture that could not be decoded was received
 * @param source what the source of the stream says
 */
export function useTileStatus(
  stream: LiveStream,
  shown: RefObject<ShownPicture | undefined>,
  failedAt: RefObject<number | undefined>,
  source: SourceWords | undefined,
): TileStatus {
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
    let unchangedSince: number | undefined
    /** Whether a frozen picture may be marked live again: the worker may present the new one a few frames later. */
    const isBack = () => {
      backSince ??= performance.now()
      return performance.now() - backSince >= ON_SCREEN_MS
    }

    const tell = () => {
      const status = livenessStatus(
        feed,
        stream,
        { shown: shown.current, failedAt: failedAt.current },
        { t, language, source },
      )
      if (status.kind !== 'live') backSince = undefined
      else if (STOOD_STILL.has(element.dataset.kind ?? '') && !isBack()) return
      else backSince = undefined
      unchangedSince = status.unchangedSince
      const since = unchangedSince ?? shown.current?.takenAt
      setText(age, since === undefined ? '' : shortAge(feed.serverNow - since, language))
      element.toggleAttribute('data-aged', since !== undefined)
      setText(note, status.note)
      if (element.dataset.kind !== status.kind) element.dataset.kind = status.kind
    }
    // Only the age of a live picture, on each animation frame: cheap, a string comparison.
    const tellAge = () => {
      const since = shown.current?.takenAt
      if (element.dataset.kind === 'live' && since !== undefined)
        setText(age, shortAge(feed.serverNow - since, language))
    }
    latest.current = tell
    tell()
    const ends = [onTick(tell), onDraw(tellAge)]
    return () => {
      for (const end of ends) end()
    }
  }, [feed, stream, shown, failedAt, source, t, i18n.language])
  return { ref: tile, refresh: () => latest.current() }
}

/** The states in which a tile's picture is frozen. */
const STOOD_STILL = new Set<string>([
  'late',
  'idle',
  'starting',
  'stopped',
  'undecodable',
  'disconnected',
  'gone',
] satisfies LivenessStatus['kind'][])
/** The time until a drawn picture is on the screen: a few frames, ms. */
const ON_SCREEN_MS = 60

/** Writes only changes, to avoid layout. */
function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}
