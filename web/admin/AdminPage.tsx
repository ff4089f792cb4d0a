import { Button, Loader, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, NavLink, useLocation } from 'react-router'
import { signInPath } from '../access/sign-in-path.ts'
import { useMay } from '../access/use-session.ts'
import { usePageTitle } from '../hooks/use-page-title.ts'
import { Icon } from '../icons.tsx'
import { ADMIN_SECTIONS } from '../navigation/admin-sections.ts'
import { TopBar } from '../navigation/TopBar.tsx'
import { AccessDenied } from './AccessDenied.tsx'
import classes from './AdminPage.module.css'
import { ErrorNotice } from './ErrorNotice.tsx'
import { useAdminAccess } from './use-admin-access.ts'
import { useFocusReturn } from './use-focus-return.ts'
import type { Loaded } from './use-loaded.ts'

/** A button in the header. */
interface PageAction {
  readonly text: string
  readonly onClick: () => void
}

interface AdminPageProps {
  readonly section: (typeof ADMIN_SECTIONS)[number]['title']
  /** The data it needs; a failed first load replaces the content. */
  readonly loaded: Loaded<unknown>
  /** The button in the header that creates an item. */
  readonly make?: PageAction
  /** Another one before it, for a way that few need. */
  readonly also?: PageAction
  /** What has just been done, announced to screen readers. */
  readonly done?: string
  readonly children: ReactNode
}

/** The layout of all admin pages: navigation, title, a create button, errors. */
export function AdminPage({ section, loaded, make, also, done = '', children }: AdminPageProps) {
  const { t } = useTranslation('admin')
  usePageTitle(t(section))
  useFocusReturn(loaded.value)
  const { pathname, search } = useLocation()
  const { right } = ADMIN_SECTIONS.find(({ title }) => title === section) ?? ADMIN_SECTIONS[1]
  const may = useMay()
  const sections = ADMIN_SECTIONS.filter((one) => may(one.right))
  const access = useAdminAccess(right, loaded.failure)
  if (access === 'signedOut') return <Navigate to={signInPath(pathname + search)} replace />
  const isOpen = access === 'allowed'
  return (
    <>
      <TopBar />
      <main className={classes.main} id="content" tabIndex={-1}>
        {isOpen && sections.length > 1 && (
          <nav className={classes.sections} aria-label={t('sections')}>
            {sections.map(({ path, title }) => (
              <NavLink key={path} to={path}>
                {t(title)}
              </NavLink>
            ))}
          </nav>
        )}
        <header className={classes.head}>
          <h1>{t(section)}</h1>
          <p>{t(`${section}Lead`)}</p>
          {make && isOpen && loaded.value !== undefined && (
            <div className={classes.make}>
              {also && (
                <Button variant="default" onClick={also.onClick}>
                  {also.text}
                </Button>
              )}
              <Button leftSection={<Icon name="plus" size={18} />} onClick={make.onClick}>
                {make.text}
              </Button>
            </div>
          )}
        </header>
        {!isOpen && <AccessDenied right={right} />}
        {isOpen && loaded.failure && <ErrorNotice failure={loaded.failure} onRetry={loaded.reload} />}
        {isOpen && loaded.value === undefined && !loaded.failure && (
          <div className={classes.waiting} role="status">
            <Loader size="sm" color="gray" />
            <VisuallyHidden>{t('loading')}</VisuallyHidden>
          </div>
        )}
        {isOpen && loaded.value !== undefined && children}
        <VisuallyHidden role="status">{done}</VisuallyHidden>
      </main>
    </>
  )
}
