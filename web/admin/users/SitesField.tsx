import { useTranslation } from 'react-i18next'
import { NamesInput } from '../NamesInput.tsx'
import classes from './SitesField.module.css'

interface SitesFieldProps {
  /** The role sees all of them anyway. */
  readonly isAll: boolean
  readonly known: readonly string[]
  readonly value: readonly string[]
  readonly error: string | undefined
  readonly onChange: (sites: string[]) => void
}

/** Which sites a user sees: of those there are, or any other. */
export function SitesField({ isAll, known, value, error, onChange }: SitesFieldProps) {
  const { t } = useTranslation('admin')
  if (isAll)
    return (
      <div>
        <div className={classes.name}>{t('sites')}</div>
        <p className={classes.all}>{t('sitesAll')}</p>
      </div>
    )
  return (
    <NamesInput
      label={t('sites')}
      hint={t('sitesHint')}
      placeholder={t('sitesPlaceholder')}
      known={known}
      value={value}
      error={error}
      onChange={onChange}
    />
  )
}
