import { useTranslation } from 'react-i18next'
import { Navigate } from 'react-router'
import { shareToken } from '../access/share-token.ts'
import { useSession } from '../access/use-session.ts'
import { MessagePage } from '../components/MessagePage.tsx'
import { shareLinkTarget } from './share-link-target.ts'

/** `/app/shared#token=…`: leads to what was shared. */
export function ShareLinkPage() {
  const { t } = useTranslation('access')
  const session = useSession()
  if (shareToken() === undefined) return <MessagePage title={t('sharedTitle')} text={t('sharedText')} />
  // A token that is not known ends in ShareLinkEndedPage.
  if (!session) return <MessagePage title={t('sharedOpening')} text="" />
  return <Navigate to={shareLinkTarget(session.link)} replace />
}
