import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { forgetShare } from '../access/share-token.ts'
import { MessagePage } from '../components/MessagePage.tsx'
import { PATHS } from '../paths.ts'
import { goTo } from '../server-address.ts'

/** The page for an invalid share link: revoked, expired or unknown. */
export function ShareLinkEndedPage() {
  const { t } = useTranslation('access')
  const leave = () => {
    forgetShare()
    goTo(PATHS.wall)
  }
  return (
    <MessagePage title={t('endedTitle')} text={t('endedText')}>
      <Button variant="subtle" color="gray" onClick={leave}>
        {t('leave')}
      </Button>
    </MessagePage>
  )
}
