import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Profile } from './metadata-rows.ts'
import classes from './ProfileValue.module.css'
import { profilePath } from './profile-path.ts'

/** A profile as a small line, its smallest and its largest value; for screen readers also how many there are. */
export function ProfileValue({ profile: { values, range }, unit }: { profile: Profile; unit: string | undefined }) {
  const { t } = useTranslation('watch')
  const path = useMemo(() => profilePath(values, BOX), [values])
  const count = values.length
  return (
    <span className={classes.profile} data-kind="profile">
      {range ? (
        <>
          <svg
            className={classes.line}
            viewBox={`-1 -1 ${BOX.width + 2} ${BOX.height + 2}`}
            role="img"
            aria-label={[t('profileRange', { count, ...range }), unit].join(' ')}
          >
            <path d={path} />
          </svg>
          <span className={classes.range} aria-hidden>
            {t('range', range)}
            {unit && ` ${unit}`}
          </span>
        </>
      ) : (
        <span className={classes.range}>{t('profile', { count })}</span>
      )}
    </span>
  )
}

/** CSS pixels. */
const BOX = { width: 150, height: 26 }
