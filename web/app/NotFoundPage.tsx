import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { usePageTitle } from '../hooks/use-page-title.ts'
import { TopBar } from '../navigation/TopBar.tsx'
import classes from './NotFoundPage.module.css'

/** The page for unknown paths (404). */
export function NotFoundPage() {
  const { t } = useTranslation()
  usePageTitle(t('notFound'))
  return (
    <>
      <TopBar />
      <main className={classes.main} id="content">
        <h1>{t('notFound')}</h1>
        <Link to="/">{t('toWall')}</Link>
      </main>
    </>
  )
}
