import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePublishKey } from '../access/use-publish-key.ts'
import { useMay, useSession } from '../access/use-session.ts'
import { usePageTitle } from '../hooks/use-page-title.ts'
import { TopBar } from '../navigation/TopBar.tsx'
import { checkPublishKey } from './check-publish-key.ts'
import { PublishKeyForm } from './PublishKeyForm.tsx'
import classes from './PublishPage.module.css'
import { Studio } from './Studio.tsx'

/** `/publish`: publishes this device's camera as a stream. */
export default function PublishPage() {
  const { t } = useTranslation('publish')
  const [key, setKey] = usePublishKey()
  const session = useSession()
  // Signed-in users publish with their session instead of the key.
  const isOwn = useMay()('publish') && session?.kind === 'user'
  const [problem, setProblem] = useState<string>()
  usePageTitle(t('title'))

  const refused = async (wrong: string, reason: string) => {
    const check = await checkPublishKey(wrong)
    setProblem(check.is === 'unknown' ? t('keyWrong') : t('keyRefused', { reason }))
    setKey(undefined)
  }
  const forget = () => {
    setProblem(undefined)
    setKey(undefined)
  }

  return (
    <div className={classes.page}>
      <TopBar />
      <main className={classes.main} id="content">
        {isOwn && (
          <div className={classes.own}>
            {problem !== undefined && (
              <p className={classes.problem} role="alert">
                {problem}
              </p>
            )}
            <Studio
              publishKey={undefined}
              onRefused={(reason) => setProblem(t('accountRefused', { reason }))}
              onForget={forget}
            />
          </div>
        )}
        {isOwn || (!session && key === undefined) ? undefined : key === undefined ? (
          <PublishKeyForm problem={problem} onKey={setKey} />
        ) : (
          <Studio key={key} publishKey={key} onRefused={(reason) => void refused(key, reason)} onForget={forget} />
        )}
      </main>
    </div>
  )
}
