import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ConnectOption } from './ConnectOption.tsx'
import classes from './DemoOption.module.css'
import { useDemo } from './use-demo.ts'

/** The option to start the demo. */
export function DemoOption() {
  const { t } = useTranslation('connect')
  const { isRunning, isBusy, problem, run } = useDemo()
  return (
    <ConnectOption icon="play" title={t('demoTitle')} text={t(isRunning ? 'demoRuns' : 'demoText')}>
      {isRunning ? (
        <>
          <Button component={Link} to="/">
            {t('toWall')}
          </Button>
          <Button variant="default" loading={isBusy} onClick={() => run(false)}>
            {t('demoStop')}
          </Button>
        </>
      ) : (
        <Button loading={isBusy} onClick={() => run(true)}>
          {t('demoStart')}
        </Button>
      )}
      {problem !== undefined && (
        <div className={classes.problem} role="alert">
          {t('demoFailed', { reason: problem || t('noAnswer') })}
        </div>
      )}
    </ConnectOption>
  )
}
