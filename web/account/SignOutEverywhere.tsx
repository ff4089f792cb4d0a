import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fetchJson, HttpProblem } from '../access/fetch-json.ts'
import { PATHS } from '../paths.ts'
import { goTo } from '../server-address.ts'
import classes from './AccountPage.module.css'

/** The button to end all sessions, with a confirmation. */
export function SignOutEverywhere() {
  const { t } = useTranslation('account')
  const [isAsking, setIsAsking] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const question = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isAsking) question.current?.focus()
  }, [isAsking])

  const signOutEverywhere = async () => {
    setIsBusy(true)
    try {
      await fetchJson('/account/sessions', { method: 'DELETE' })
      goTo(PATHS.wall)
    } catch (error) {
      setProblem((error instanceof HttpProblem && error.message) || t('noAnswer'))
      setIsBusy(false)
    }
  }
  if (!isAsking)
    return (
      <Button variant="default" onClick={() => setIsAsking(true)}>
        {t('everywhere')}
      </Button>
    )
  return (
    <div ref={question} className={classes.question} role="alertdialog" aria-labelledby="everywhere" tabIndex={-1}>
      <p id="everywhere">
        <strong>{t('everywhereAsk')}</strong> {t('everywhereText')}
      </p>
      <div className={classes.answers}>
        <Button className={classes.danger} loading={isBusy} onClick={() => void signOutEverywhere()}>
          {t('everywhere')}
        </Button>
        <Button variant="default" onClick={() => setIsAsking(false)}>
          {t('cancel')}
        </Button>
      </div>
      {problem !== undefined && (
        <p className={classes.outcome} role="alert" data-trouble>
          {t('failed', { reason: problem })}
        </p>
      )}
    </div>
  )
}
