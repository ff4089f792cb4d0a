import { useTranslation } from 'react-i18next'
import { shortMoment } from '../../client/time/absolute-time.ts'
import { useSession } from '../access/use-session.ts'
import { Icon } from '../icons.tsx'
import { useServerNow } from '../live/use-server-now.ts'
import classes from './ShareLinkNotice.module.css'

/**
 * The notice that the page was opened by a share link, and when that expires; nothing for other visitors.
 * @param props.place in the bar on wide screens, else in a line below it
 */
export function ShareLinkNotice({ place }: { place: 'bar' | 'line' }) {
  const { t, i18n } = useTranslation('access')
  const session = useSession()
  const now = useServerNow()
  if (!session?.link) return null
  const { expiresAt } = session.link
  const moment = expiresAt === undefined ? undefined : shortMoment(expiresAt, now, i18n.language)
  const Element = place === 'bar' ? 'p' : 'aside'
  return (
    <Element className={classes.note} data-place={place}>
      <Icon name="share" size={16} />
      {moment === undefined ? t('shared') : t('sharedUntil', { moment })}
    </Element>
  )
}
