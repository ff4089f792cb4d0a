import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fetchJson, HttpProblem } from '../access/fetch-json.ts'
import { signOut } from '../access/sign-out.ts'
import classes from './AccountPage.module.css'
import type { AccountSession } from './account-session.ts'
import { SessionRow } from './SessionRow.tsx'
import { SignOutEverywhere } from './SignOutEverywhere.tsx'
import { useDeviceName } from './use-device-name.ts'
import { useSessions } from './use-sessions.ts'

/** The user's sessions, each with a button to end it. */
export function SessionList() {
  const { t } = useTranslation('account')
  const words = useDeviceName()
  const { list, hasFailed, reload } = useSessions()
  const [said, setSaid] = useState('')

  const end = async (session: AccountSession) => {
    try {
      if (session.isCurrent) return await signOut()
      await fetchJson(`/account/sessions/${encodeURIComponent(session.id)}`, { method: 'DELETE' })
      setSaid(t('ended', { device: words(session.agent) }))
    } catch (error) {
      const reason = error instanceof HttpProblem ? error.message || `${error.status}` : ''
      setSaid(t('failed', { reason }))
    }
    await reload()
  }

  return (
    <section className={classes.part}>
      <h2>{t('sessionsTitle')}</h2>
      <p className={classes.lead}>{t('sessionsText')}</p>
      {list && (
        <ul className={classes.sessions}>
          {list.map((session) => (
            <SessionRow key={session.id} session={session} onEnd={() => end(session)} />
          ))}
        </ul>
      )}
      {!list && !hasFailed && <p className={classes.lead}>{t('loading')}</p>}
      {hasFailed && (
        <p className={classes.outcome} data-trouble>
          {t('loadFailed')}{' '}
          <Button variant="subtle" size="compact-sm" onClick={() => void reload()}>
            {t('retry')}
          </Button>
        </p>
      )}
      <p className={classes.outcome} role="status">
        {said}
      </p>
      <SignOutEverywhere />
    </section>
  )
}
