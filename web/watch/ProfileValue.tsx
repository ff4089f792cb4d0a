import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Profile } from './metadata-rows.ts'
import classes from './ProfileValue.module.css'
import { profilePath } from './profile-path.ts'

/** A profile as a small line, and how many values it has, the smallest and the largest. */
export function ProfileValue({ profile: { values, range } }: { profile: Profile }) {
  const { t } = useTranslation('watch')
  const path = useMemo(() => profilePath(values, BOX), [values])
  const count = values.length
  return (
    <span className={classes.profile} data-kind="profile">
      {range && (
        <svg className={classes.line} viewBox={`-1 -1 ${BOX.width + 2} ${BOX.height + 2}`} aria-hidden>
          <path d={path} />
        </svg>
      )}
      <span className={classes.range}>{range ? t('profileRange', { count, ...range }) : t('profile', { count })}</span>
    </span>
  )
}

/** CSS pixels. */
const BOX = { width: 150, height: 26 }
