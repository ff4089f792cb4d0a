import { useTranslation } from 'react-i18next'
import { Navigate } from 'react-router'
import { shareToken } from '../access/share-token.ts'
import { useSession } from '../access/use-session.ts'
import { MessagePage } from '../components/MessagePage.tsx'
import { shareLinkTarget } from './share-link-target.ts'

/** `/app/shared#token=…`: redirects to the shared streams. */
export function ShareLinkPage() {
  const { t } = useTranslation('access')
  const session = useSession()
  if (shareToken() === undefined) return <MessagePage title={t('sharedTitle')} text={t('sharedText')} />
  // An invalid token leads to ShareLinkEndedPage.
  if (!session) return <MessagePage title={t('sharedOpening')} text="" />
  return <Navigate to={shareLinkTarget(session.link)} replace />
}
