import { useTranslation } from 'react-i18next'
import { NamesInput } from '../NamesInput.tsx'

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
  return (
    <NamesInput
      label={t('sites')}
      hint={t(isAll ? 'sitesAll' : 'sitesHint')}
      placeholder={t(isAll ? 'allSites' : 'sitesPlaceholder')}
      known={known}
      // What was chosen is there again when the role is another after all.
      value={isAll ? [] : value}
      error={isAll ? undefined : error}
      isFixed={isAll}
      onChange={onChange}
    />
  )
}
