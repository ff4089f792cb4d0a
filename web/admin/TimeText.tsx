import { useTranslation } from 'react-i18next'
import { dayAndTime, fullMoment } from '../../client/time/absolute-time.ts'
import { relativeTime } from '../../client/time/relative-time.ts'

interface TimeTextProps {
  /** ms since 1970. */
  readonly at: number
  readonly now: number
  /** Makes a sentence with the relative time; without it the date and time are shown. */
  readonly say?: (ago: string) => string
}

/** A `<time>` element; its tooltip has the time to the second. */
export function TimeText({ at, now, say }: TimeTextProps) {
  const { language } = useTranslation('admin').i18n
  return (
    <time dateTime={new Date(at).toISOString()} title={fullMoment(at, language)}>
      {say ? say(relativeTime(at, now, language)) : dayAndTime(at, now, language)}
    </time>
  )
}
