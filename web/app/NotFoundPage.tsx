import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import classes from './NotFoundPage.module.css'
import { TopBar } from '../navigation/TopBar.tsx'
import { useTitle } from '../hooks/use-page-title.ts'

/** For addresses that lead nowhere. */
export function NotFound() {
  const { t } = useTranslation()
  useTitle(t('notFound'))
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
