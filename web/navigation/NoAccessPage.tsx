import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { sessions } from '../access/page-session.ts'
import { useSession } from '../access/use-session.ts'
import { MessagePage } from '../components/MessagePage.tsx'
import { TopBar } from './TopBar.tsx'

/** For somebody who is signed in and may see nothing. */
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
