import { Button, Loader, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, NavLink, useLocation } from 'react-router'
import { signInPath } from '../access/sign-in-path.ts'
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

interface AdminPageProps {
  readonly section: (typeof ADMIN_SECTIONS)[number]['title']
  /** The data it needs; a failed first load replaces the content. */
  readonly loaded: Loaded<unknown>
  /** The button in the header that creates an item. */
  readonly make?: { readonly text: string; readonly onClick: () => void }
  /** What has just been done, announced to screen readers. */
  readonly done?: string
  readonly children: ReactNode
}

/** The layout of all admin pages: navigation, title, a create button, errors. */
export function AdminPage({ section, loaded, make, done = '', children }: AdminPageProps) {
  const { t } = useTranslation('admin')
  usePageTitle(t(section))
  useFocusReturn(loaded.value)
  const { pathname, search } = useLocation()
  const access = useAdminAccess(loaded.failure)
  if (access === 'signedOut') return <Navigate to={signInPath(pathname + search)} replace />
  const isOpen = access === 'allowed'
  return (
    <>
      <TopBar />
      <main className={classes.main} id="content" tabIndex={-1}>
        {isOpen && (
          <nav className={classes.sections} aria-label={t('sections')}>
            {ADMIN_SECTIONS.map(({ path, title }) => (
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
            <Button className={classes.make} leftSection={<Icon name="plus" size={18} />} onClick={make.onClick}>
              {make.text}
            </Button>
          )}
        </header>
        {!isOpen && <AccessDenied />}
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
