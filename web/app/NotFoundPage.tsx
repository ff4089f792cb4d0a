import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import classes from './NotFoundPage.module.css'
import { TopBar } from '../navigation/TopBar.tsx'
import { usePageTitle } from '../hooks/use-page-title.ts'

/** For addresses that lead nowhere. */
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
