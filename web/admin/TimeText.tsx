import { useTranslation } from 'react-i18next'
import { dayAndTime, fullMoment } from '../time/absolute-time.ts'
import { relativeTime } from '../time/relative-time.ts'

interface TimeTextProps {
  /** ms since 1970. */
  readonly at: number
  readonly now: number
  /** Puts how far away it is into a sentence; without it the day and the time are shown. */
  readonly say?: (ago: string) => string
}

/** A moment; to the second for who points at it. */
export function TimeText({ at, now, say }: TimeTextProps) {
  const { language } = useTranslation('admin').i18n
  return (
    <time dateTime={new Date(at).toISOString()} title={fullMoment(at, language)}>
      {say ? say(relativeTime(at, now, language)) : dayAndTime(at, now, language)}
    </time>
  )
}
