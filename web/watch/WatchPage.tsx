import { ActionIcon, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { streamId } from '../../src/core/stream-name.ts'
import { useMay } from '../access/use-session.ts'
import { usePageTitle } from '../hooks/use-page-title.ts'
import { Icon } from '../icons.tsx'
import { useFeed } from '../live/use-feed.ts'
import { TopBar } from '../navigation/TopBar.tsx'
import { useOverlayChoice } from '../overlay/use-overlay-choice.ts'
import { PATHS, watchPath } from '../paths.ts'
import { adjacentStream } from './adjacent-stream.ts'
import { CameraView } from './CameraView.tsx'
import { RemoveStreamDialog } from './RemoveStreamDialog.tsx'
import { StreamActions } from './StreamActions.tsx'
import { useFullScreen } from './use-full-screen.ts'
import { useStoredFlag } from './use-stored-flag.ts'
import classes from './WatchPage.module.css'

/** `/watch/:label/:key`: the watch page: one camera, large, with everything known about its pictures. */
export default function WatchPage() {
  const { label = '', key = '' } = useParams()
  const { t } = useTranslation('watch')
  const feed = useFeed()
  const navigate = useNavigate()
  const page = useRef<HTMLDivElement>(null)
  const screen = useFullScreen(page)
  const [choice, changeChoice] = useOverlayChoice()
  const [isPanelOpen, setPanelOpen] = useStoredFlag('belvedere.facts', true)
  // On a narrow screen the panel is always open, below the picture.
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const panelId = useId()
  const [isRemoving, setRemoving] = useState(false)
  const isAdmin = useMay()('administer')
  const stream = { label, key }
  usePageTitle(`${label} / ${key}`)

  const goBack = () => {
    // Going back restores the wall's settings and scroll position.
    if (cameFromHere()) navigate(-1)
    else navigate(PATHS.wall)
  }
  const goToCamera = (by: 1 | -1) => {
    const next = adjacentStream(feed.streams, stream, by)
    if (!next) return
    // Replaces the history entry: from any camera, "back" leads to the wall.
    navigate(watchPath(next), { replace: true })
  }

  return (
    <div ref={page} className={classes.page} data-idle={screen.isIdle || undefined}>
      <TopBar>
        <Tooltip label={`${t('back')} (Esc)`}>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('back')} onClick={goBack}>
            <Icon name="arrowLeft" />
          </ActionIcon>
        </Tooltip>
        <h1 className={classes.title} title={`${label} / ${key}`}>
          <span className={classes.label}>{label}</span>
          <span className={classes.key}>{key}</span>
        </h1>
        {isAdmin && <StreamActions stream={stream} isNarrow={isNarrow} onRemove={() => setRemoving(true)} />}
        {!isNarrow && (
          <Tooltip label={t('showFacts')}>
            <ActionIcon
              variant={isPanelOpen ? 'light' : 'subtle'}
              color={isPanelOpen ? 'accent' : 'gray'}
              size={36}
              aria-label={t('showFacts')}
              aria-expanded={isPanelOpen}
              aria-controls={isPanelOpen ? panelId : undefined}
              onClick={() => setPanelOpen(!isPanelOpen)}
            >
              <Icon name="panel" />
            </ActionIcon>
          </Tooltip>
        )}
      </TopBar>
      <main className={classes.main} id="content">
        <CameraView
          key={streamId(stream)}
          stream={stream}
          choice={choice}
          onChoice={changeChoice}
          screen={screen}
          panelId={(isPanelOpen || isNarrow) && !screen.isOn ? panelId : undefined}
          onBack={goBack}
          onCamera={goToCamera}
        />
        <RemoveStreamDialog stream={stream} isOpen={isRemoving} onClose={() => setRemoving(false)} onRemoved={goBack} />
      </main>
    </div>
  )
}

/** Whether the previous history entry is a page of this app: the router counts its entries. */
function cameFromHere(): boolean {
  const state: unknown = window.history.state
  return typeof state === 'object' && state !== null && 'idx' in state && typeof state.idx === 'number' && state.idx > 0
}
