import { useTranslation } from 'react-i18next'
import { Navigate } from 'react-router'
import { shareToken } from '../access/share-token.ts'
import { useSession } from '../access/use-session.ts'
import { Note } from '../components/MessagePage.tsx'
import { placeOf } from './share-link-target.ts'

/** `/app/shared#token=…`: leads to what was shared. */
export function SharedPage() {
  const { t } = useTranslation('access')
  const session = useSession()
  if (shareToken() === undefined) return <Note title={t('sharedTitle')} text={t('sharedText')} />
  // A token that is not known ends in EndedPage.
  if (!session) return <Note title={t('sharedOpening')} text="" />
  return <Navigate to={placeOf(session.link)} replace />
}
