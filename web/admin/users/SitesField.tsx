import { useTranslation } from 'react-i18next'
import { NamesInput } from '../NamesInput.tsx'

interface SitesFieldProps {
  /** The role sees all sites anyway. */
  readonly isAll: boolean
  readonly known: readonly string[]
  readonly value: readonly string[]
  readonly error: string | undefined
  readonly onChange: (sites: string[]) => void
}

/** The sites that a user may see: existing ones or any other. */
export function SitesField({ isAll, known, value, error, onChange }: SitesFieldProps) {
  const { t } = useTranslation('admin')
  return (
    <NamesInput
      label={t('sites')}
      hint={t(isAll ? 'sitesAll' : 'sitesHint')}
      placeholder={t(isAll ? 'allSites' : 'sitesPlaceholder')}
      known={known}
      // Keeps the selection in case the role is changed back.
      value={isAll ? [] : value}
      error={isAll ? undefined : error}
      isFixed={isAll}
      onChange={onChange}
    />
  )
}
