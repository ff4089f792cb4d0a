import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { leaveShare } from '../access/guest.ts'
import { MessagePage } from '../components/MessagePage.tsx'

/** The page for an invalid share link: revoked, expired or unknown. */
export function ShareLinkEndedPage() {
  const { t } = useTranslation('access')
  return (
    <MessagePage title={t('endedTitle')} text={t('endedText')}>
      <Button variant="subtle" color="gray" onClick={() => void leaveShare()}>
        {t('leave')}
      </Button>
    </MessagePage>
  )
}
