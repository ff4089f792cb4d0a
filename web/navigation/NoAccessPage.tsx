import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { sessions } from '../access/page-session.ts'
import { useSession } from '../access/use-session.ts'
import { MessagePage } from '../components/MessagePage.tsx'
import { TopBar } from './TopBar.tsx'

/** The page for users who are signed in without any permission. */
export function NoAccessPage() {
  const { t } = useTranslation('access')
  const session = useSession()
  return (
    <>
      <TopBar />
      <MessagePage title={t('nothingTitle')} text={t('nothingText', { name: session?.name ?? '' })}>
        <Button variant="default" onClick={() => void sessions.refresh()}>
          {t('again')}
        </Button>
      </MessagePage>
    </>
  )
}
