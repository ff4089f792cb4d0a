import { Switch } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NamesInput } from '../NamesInput.tsx'
import { Tags } from '../Tags.tsx'
import { ALL_LABELS, matchingLabels } from './label-patterns.ts'
import classes from './PatternsField.module.css'

interface PatternsFieldProps {
  /** All existing labels. */
  readonly labels: readonly string[]
  readonly value: readonly string[]
  readonly error: string | undefined
  readonly onChange: (patterns: readonly string[]) => void
}

/** The label patterns of a key, with the labels they match now. "All" must be chosen explicitly. */
export function PatternsField({ labels, value, error, onChange }: PatternsFieldProps) {
  const { t } = useTranslation('admin')
  // Keeps the patterns while "all" is chosen.
  const [some, setSome] = useState<readonly string[]>([])
  const fits = matchingLabels(value, labels)
  const isAll = value.includes(ALL_LABELS)
  return (
    <div>
      <NamesInput
        label={t('patterns')}
        hint={t('patternsHint')}
        placeholder={t('patternsPlaceholder')}
        known={labels}
        value={value}
        error={error}
        onChange={onChange}
      />
      <Switch
        className={classes.all}
        label={t('allLabels')}
        description={t('allLabelsHint')}
        checked={isAll}
        onChange={() => {
          if (!isAll) setSome(value)
          onChange(isAll ? some : [ALL_LABELS])
        }}
      />
      <div className={classes.fits} role="status">
        {value.length > 0 && (
          <span>{fits.length === 0 ? t('fitsNone') : t('fits', { count: fits.length, of: labels.length })}</span>
        )}
        {fits.length > 0 && <Tags names={fits} more={(count) => t('moreNames', { count })} />}
      </div>
    </div>
  )
}
