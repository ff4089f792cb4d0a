import { useTranslation } from 'react-i18next'
import { useSession } from '../access/use-session.ts'
import { Icon } from '../icons.tsx'
import { shortMoment } from '../time/absolute-time.ts'
import classes from './ShareLinkNotice.module.css'

/**
 * Says that what is seen was shared by link, and until when. Nothing for all others.
 * @param props.place in the bar, where there is room in it; else in a line of its own under it
 */
export function ShareLinkNotice({ place }: { place: 'bar' | 'line' }) {
  const { t, i18n } = useTranslation('access')
  const session = useSession()
  if (!session?.link) return null
  const { expiresAt } = session.link
  const moment = expiresAt === undefined ? undefined : shortMoment(expiresAt, Date.now(), i18n.language)
  const Element = place === 'bar' ? 'p' : 'aside'
  return (
    <Element className={classes.note} data-place={place}>
      <Icon name="share" size={16} />
      {moment === undefined ? t('shared') : t('sharedUntil', { moment })}
    </Element>
  )
}
