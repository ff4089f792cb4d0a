import { useTranslation } from 'react-i18next'
import { NamesInput } from '../NamesInput.tsx'
import { Tags } from '../Tags.tsx'
import classes from './PatternsField.module.css'
import { fitting } from './patterns.ts'

interface PatternsFieldProps {
  /** All there are now. */
  readonly labels: readonly string[]
  readonly value: readonly string[]
  readonly error: string | undefined
  readonly onChange: (patterns: string[]) => void
}

/** Which labels a key is good for, and what that means as things are. */
export function PatternsField({ labels, value, error, onChange }: PatternsFieldProps) {
  const { t } = useTranslation('admin')
  const fits = fitting(value, labels)
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
      <div className={classes.fits} role="status">
        <span>{fits.length === 0 ? t('fitsNone') : t('fits', { count: fits.length, of: labels.length })}</span>
        {fits.length > 0 && <Tags names={fits} more={(count) => t('moreNames', { count })} />}
      </div>
    </div>
  )
}
