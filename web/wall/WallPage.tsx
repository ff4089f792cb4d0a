import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../access/use-session.ts'
import { connectRoute } from '../connect/route.ts'
import { useAllClassNames } from '../live/class-names.tsx'
import { useFeed, useStreams } from '../live/use-feed.ts'
import { NoAccessPage } from '../navigation/NoAccessPage.tsx'
import { TopBar } from '../navigation/TopBar.tsx'
import { useVisiblePages } from '../navigation/use-visible-pages.ts'
import { useOverlayChoice } from '../overlay/use-overlay-choice.ts'
import { EmptyWall } from './EmptyWall.tsx'
import { filterStreams } from './filter-streams.ts'
import { useWallSettings } from './use-wall-settings.ts'
import { Wall } from './Wall.tsx'
import { WallBar } from './WallBar.tsx'
import classes from './WallPage.module.css'
import { WarningAnnouncer } from './WarningAnnouncer.tsx'
import { warningStreamsOf } from './warning-streams.ts'

/** `/`: the wall of all live streams. Without any, the connect page, for users who may. */
export function WallPage() {
  const { streams, isComplete } = useStreams()
  const { isKnown, hasConnect } = useVisiblePages()
  const session = useSession()
  if (streams.length > 0 || !isComplete || !isKnown) return <LiveWall />
  if (session?.user?.labels?.length === 0) return <NoAccessPage />
  return hasConnect ? <ConnectPage /> : <EmptyWall />
}

const ConnectPage = connectRoute.page

function LiveWall() {
  const { t } = useTranslation('wall')
  const { streams } = useStreams()
  const [settings, change] = useWallSettings()
  const { t: tCommon } = useTranslation()
  const warned = useMemo(() => warningStreamsOf(streams, tCommon), [streams, tCommon])
  useOverlays(settings.hasOverlays)

  const chosen = useMemo(() => filterStreams(streams, settings, warned), [streams, settings, warned])
  const labels = useMemo(() => [...new Set(streams.map(({ label }) => label))], [streams])
  return (
    <div className={classes.page}>
      <TopBar>
        <WallBar labels={labels} warnings={warned.size} settings={settings} change={change} />
      </TopBar>
      <WarningAnnouncer warned={warned} />
      <main className={classes.main} id="content">
        <h1 className={classes.title}>{t('title')}</h1>
        {streams.length > 0 && chosen.length === 0 ? (
          <div className={classes.none}>
            <p>{settings.isWarningsOnly && warned.size === 0 ? t('noWarnings') : t('nothingFits')}</p>
            <button
              type="button"
              className={classes.link}
              onClick={() => change({ label: undefined, search: '', isWarningsOnly: false })}
            >
              {t('clear')}
            </button>
          </div>
        ) : (
          <Wall streams={chosen} density={settings.density} />
        )}
      </main>
    </div>
  )
}

/** A hook: sends the overlay choice to the worker: the one made on the watch page, or none. */
function useOverlays(isOn: boolean): void {
  const feed = useFeed()
  const classNames = useAllClassNames()
  const [choice] = useOverlayChoice()
  useEffect(() => feed.setOverlays({ ...choice, isOn }, classNames), [feed, choice, isOn, classNames])
}
