import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate } from 'react-router'
import { keepGuest } from '../access/guest.ts'
import { shareToken } from '../access/share-token.ts'
import { useSession } from '../access/use-session.ts'
import { MessagePage } from '../components/MessagePage.tsx'
import { shareLinkTarget } from './share-link-target.ts'

/** `/app/shared#token=…`: redirects to the shared streams. */
export function ShareLinkPage() {
  const { t } = useTranslation('access')
  const session = useSession()
  const isGuest = session?.kind === 'link'
  useEffect(() => {
    if (isGuest) keepGuest()
  }, [isGuest])
  if (shareToken() === undefined && !isGuest) return <MessagePage title={t('sharedTitle')} text={t('sharedText')} />
  // An invalid token leads to ShareLinkEndedPage.
  if (!session) return <MessagePage title={t('sharedOpening')} text="" />
  return <Navigate to={shareLinkTarget(session.link)} replace />
}
