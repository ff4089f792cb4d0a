import { ActionIcon, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Logo } from '../components/Logo.tsx'
import { Icon } from '../icons.tsx'
import { PATHS } from '../paths.ts'
import { ConnectionNotice } from './ConnectionNotice.tsx'
import { PageMenu } from './PageMenu.tsx'
import { ShareLinkNotice } from './ShareLinkNotice.tsx'
import classes from './TopBar.module.css'
import { UserMenu } from './UserMenu.tsx'
import { useFocusOnArrival } from './use-focus-on-arrival.ts'
import { useVisiblePages } from './use-visible-pages.ts'

/** The bar at the top of every page: home, the page's own controls, the menus. */
export function TopBar({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  const { isKnown, hasPublish, hasConnect } = useVisiblePages()
  useFocusOnArrival()
  return (
    <>
      <header className={classes.bar}>
        <a href="#content" className={classes.skip}>
          {t('skipToContent')}
        </a>
        <Link to={PATHS.wall} className={classes.home} aria-label={`${t('appName')}, ${t('wall')}`}>
          <Logo />
          <span className={classes.name}>{t('appName')}</span>
        </Link>
        <div className={classes.middle}>{children}</div>
        <ConnectionNotice />
        <ShareLinkNotice place="bar" />
        <nav className={classes.end} aria-label={t('menu')}>
          {hasPublish && (
            <Tooltip label={t('publish')}>
              <ActionIcon
                component={Link}
                to={PATHS.publish}
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t('publish')}
              >
                <Icon name="camera" />
              </ActionIcon>
            </Tooltip>
          )}
          {hasConnect && (
            <Tooltip label={t('connect')}>
              <ActionIcon
                component={Link}
                to={PATHS.connect}
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t('connect')}
              >
                <Icon name="plus" />
              </ActionIcon>
            </Tooltip>
          )}
          {/* Reserves the place, so that nothing moves when the session is known. */}
          {!isKnown && <span className={classes.later} />}
          <UserMenu />
          <PageMenu />
        </nav>
      </header>
      <ShareLinkNotice place="line" />
    </>
  )
}
