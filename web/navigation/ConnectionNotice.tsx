import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAdmission } from '../access/use-admission.ts'
import { useConnection, useFeed } from '../live/use-feed.ts'
import classes from './ConnectionNotice.module.css'

/** Says that the server does not answer or refuses, as long as it does so. Silent while all is well. */
export function ConnectionNotice() {
  const { t } = useTranslation()
  const feed = useFeed()
  const { state, reason, code } = useConnection()
  const { kind } = useAdmission()
  // Most refusals are answered before anybody could read of them; the first attempt of all is no trouble yet.
  const isTrouble = (state === 'disconnected' && kind === 'refused') || (state === 'connecting' && code !== 0)
  return (
    <div role="status" className={classes.status}>
      {isTrouble && (
        <>
          <span>{state === 'disconnected' ? t('refused', { reason }) : t('noConnection')}</span>
          <Button size="compact-sm" variant="light" onClick={() => feed.retry()}>
            {t('retry')}
          </Button>
        </>
      )}
    </div>
  )
}
