import { useElementSize, useViewportSize } from '@mantine/hooks'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { streamId } from '../../src/core/stream-name.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { useSession } from '../access/use-session.ts'
import type { ListedCamera } from '../cameras/api.ts'
import { isInTrouble } from '../cameras/camera-filter.ts'
import { useTroubledCameras } from '../cameras/use-troubled-cameras.ts'
import { Icon } from '../icons.tsx'
import { useFavourites } from '../preferences/favourites.ts'
import { BAR_HEIGHT } from '../theme.ts'
import { CameraLink } from './CameraLink.tsx'
import { FavouriteButton } from './FavouriteButton.tsx'
import { Tile } from './Tile.tsx'
import { useScrollRestoration } from './use-scroll-restoration.ts'
import classes from './Wall.module.css'
import { layOut } from './wall-layout.ts'
import { sectionsOf } from './wall-sections.ts'
import type { Density } from './wall-settings.ts'

/** The grid of tiles: favourites first, then by label, sized by the density setting. */
export function Wall({ streams, density }: { streams: readonly LiveStream[]; density: Density }) {
  const { t } = useTranslation('wall')
  const { ref, width } = useElementSize<HTMLDivElement>()
  // Not the element's height, which depends on its content.
  const { height: viewportHeight } = useViewportSize()
  useScrollRestoration(width > 0)
  const favourites = useFavourites()
  // Guests with a share link cannot store favourites.
  const isShared = useSession()?.kind === 'link'
  const cameras = useTroubledCameras(streams)
  const sections = useMemo(() => sectionsOf(streams, favourites), [streams, favourites])
  const [aspects, setAspects] = useState<ReadonlyMap<string, number>>(new Map())
  const aspect = commonAspect(streams.map((stream) => aspects.get(streamId(stream))))

  const hasHeads = sections.length > 1
  const facts = {
    width,
    height: viewportHeight - BAR_HEIGHT,
    aspect,
    gap: GAP,
    headHeight: hasHeads ? HEAD_HEIGHT : 0,
    sections: sections.map((section) => section.streams.length),
  }
  const { columns, tileWidth } = layOut(facts, density)
  // A stable callback, or all memoized tiles would re-render with the wall.
  const learnAspect = useCallback(
    (id: string, aspect: number) =>
      setAspects((before) => (before.get(id) === aspect ? before : new Map(before).set(id, aspect))),
    [],
  )
  return (
    <div
      ref={ref}
      className={classes.wall}
      style={{
        '--columns': columns,
        '--tile-width': `${tileWidth}px`,
        '--tile-height': `${Math.floor(tileWidth / aspect)}px`,
        '--gap': `${GAP}px`,
        '--head-height': `${HEAD_HEIGHT}px`,
      }}
    >
      {width > 0 &&
        sections.map(({ label, streams }) => (
          <section key={label ?? FAVOURITES} className={classes.section} aria-label={label ?? t('favourites')}>
            {hasHeads && (
              <h2 className={classes.head} data-favourites={label === undefined || undefined}>
                {label === undefined && <Icon name="star" size={14} />}
                {label ?? t('favourites')}
              </h2>
            )}
            <ul className={classes.tiles}>
              {streams.map((stream) => (
                <li key={streamId(stream)} className={classes.place}>
                  <Tile
                    stream={stream}
                    hasLabel={!hasHeads || label === undefined}
                    camera={cameras.get(streamId(stream))}
                    onAspect={learnAspect}
                  />
                  {isChangeable(cameras.get(streamId(stream))) && <CameraLink stream={stream} />}
                  {!isShared && <FavouriteButton stream={stream} isFavourite={favourites.has(streamId(stream))} />}
                </li>
              ))}
            </ul>
          </section>
        ))}
    </div>
  )
}

/** Whether its settings may help: who sees the wall may change them, and something is wrong. */
function isChangeable(camera: ListedCamera | undefined): boolean {
  return camera?.settings !== undefined && camera.origin !== 'configuration' && isInTrouble(camera)
}

/** The key of the favourites section; labels are never empty. */
const FAVOURITES = ''

/** CSS pixels. */
const GAP = 4
const HEAD_HEIGHT = 32

/** The aspect ratio of the tiles: the most common one of the pictures; before any is known, that of most cameras. */
function commonAspect(aspects: readonly (number | undefined)[]): number {
  const known = aspects.filter((aspect) => aspect !== undefined).sort((a, b) => a - b)
  const middle = known[known.length >> 1] ?? 16 / 9
  const areAlike = known.every((aspect) => Math.abs(aspect / middle - 1) < 0.03)
  if (areAlike) return Math.min(MOST_ASPECT, Math.max(1 / MOST_ASPECT, middle))
  // Rounded to a few common ratios, so that a slightly different camera does not change the layout.
  const distance = (aspect: number) => Math.abs(Math.log(aspect / middle))
  return ASPECTS.reduce((best, aspect) => (distance(aspect) < distance(best) ? aspect : best))
}

/** The limit of the tiles' aspect ratio; wider or taller pictures are letterboxed. */
const MOST_ASPECT = 2.4
const ASPECTS = [1, 5 / 4, 4 / 3, 3 / 2, 16 / 10, 16 / 9, 2]
