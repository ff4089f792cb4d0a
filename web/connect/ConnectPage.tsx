import { Anchor } from '@mantine/core'
import { Trans, useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { usePublishKey } from '../access/use-publish-key.ts'
import { useMay } from '../access/use-session.ts'
import { usePageTitle } from '../hooks/use-page-title.ts'
import { TopBar } from '../navigation/TopBar.tsx'
import { useVisiblePages } from '../navigation/use-visible-pages.ts'
import { PATHS } from '../paths.ts'
import { serverUrl } from '../server-address.ts'
import { CameraOption } from './CameraOption.tsx'
import classes from './ConnectPage.module.css'
import { DemoOption } from './DemoOption.tsx'
import { DeviceCameraOption } from './DeviceCameraOption.tsx'
import { InstrumentCommands } from './InstrumentCommands.tsx'
import { PublishCommands } from './PublishCommands.tsx'

/** `/app/connect`, also shown on an empty wall: all ways to connect a stream, ready to use. */
export default function ConnectPage() {
  const { t } = useTranslation('connect')
  const [key] = usePublishKey()
  const may = useMay()
  const { isKnown, hasPublish } = useVisiblePages()
  const hasNothing = isKnown && !hasPublish && !may('command')
  // Shown instead of an empty wall.
  const isEmpty = useLocation().pathname === PATHS.wall
  usePageTitle(t('title'))
  return (
    <>
      <TopBar />
      <main className={classes.main} id="content">
        <header className={classes.head}>
          <h1>{t(isEmpty ? 'emptyTitle' : 'title')}</h1>
          <p>{t(isEmpty ? (hasNothing ? 'emptyWait' : 'emptyLead') : 'lead')}</p>
        </header>
        {hasNothing && !isEmpty && (
          <p className={classes.key} role="status">
            {t('nothing')}{' '}
            <Anchor component={Link} to={PATHS.publish} inherit underline="always">
              {t('keyEnter')}
            </Anchor>
          </p>
        )}
        <div className={classes.ways}>
          {may('edit_cameras') && <CameraOption />}
          {may('command') && <DemoOption />}
          {hasPublish && <DeviceCameraOption />}
        </div>
        {hasPublish && (
          <section className={classes.own}>
            <h2>{t('ownTitle')}</h2>
            <PublishCommands server={serverUrl()} publishKey={key ?? PLACEHOLDER} />
            <p className={classes.key}>
              {key !== undefined && t('keyShown')}
              {key === undefined && (
                <>
                  <Trans
                    t={t}
                    i18nKey="keyMissing"
                    values={{ placeholder: PLACEHOLDER }}
                    components={{ code: <code className={classes.code} /> }}
                  />{' '}
                  <Anchor component={Link} to={PATHS.publish} inherit underline="always">
                    {t('keyEnter')}
                  </Anchor>
                  {may('administer') && (
                    <>
                      {' · '}
                      <Anchor component={Link} to={PATHS.keys} inherit underline="always">
                        {t('keyMake')}
                      </Anchor>
                    </>
                  )}
                </>
              )}
            </p>
          </section>
        )}
        {may('command') && (
          <section className={classes.own}>
            <h2>{t('instrumentTitle')}</h2>
            <InstrumentCommands />
            {may('administer') && (
              <p className={classes.key}>
                {t('instrumentAddText')}{' '}
                <Anchor component={Link} to={PATHS.instruments} inherit underline="always">
                  {t('instrumentAdd')}
                </Anchor>
              </p>
            )}
          </section>
        )}
      </main>
    </>
  )
}

/** The placeholder for the key in the commands. */
const PLACEHOLDER = 'YOUR_KEY'
