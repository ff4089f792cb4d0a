import { useTranslation } from 'react-i18next'
import { TopBar } from '../navigation/TopBar.tsx'
import classes from './WallPage.module.css'

/** The empty state of the wall, for users who may not connect streams. */
export function EmptyWall() {
  const { t } = useTranslation('wall')
  return (
    <div className={classes.page}>
      <TopBar />
      <main className={classes.main} id="content">
        <div className={classes.none}>
          <h1 className={classes.empty}>{t('empty')}</h1>
          <p>{t('emptyText')}</p>
        </div>
      </main>
    </div>
  )
}
