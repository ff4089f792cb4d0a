import { Input, SegmentedControl, TextInput } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import classes from '../Segments.module.css'
import { dayValue } from '../times.ts'
import { EXPIRIES, type Expiry } from './key-expiry.ts'

interface ExpiryFieldProps {
  readonly value: Expiry
  /** Of `<input type="date">`. */
  readonly date: string
  readonly error: string | undefined
  readonly onChange: (expiry: Expiry) => void
  readonly onDate: (date: string) => void
}

/** How long a key is good. */
export function ExpiryField({ value, date, error, onChange, onDate }: ExpiryFieldProps) {
  const { t } = useTranslation('admin')
  const id = useId()
  return (
    <Input.Wrapper
      label={t('expiry')}
      description={t('expiryHint')}
      labelElement="div"
      labelProps={{ id }}
      className={classes.field}
    >
      <SegmentedControl
        fullWidth
        aria-labelledby={id}
        classNames={{ label: classes.option }}
        data={EXPIRIES.map((one) => ({ value: one, label: t(`expiry.${one}`) }))}
        value={value}
        onChange={onChange}
      />
      {value === 'date' && (
        <TextInput
          className={classes.exact}
          type="date"
          aria-label={t('date')}
          min={dayValue(Date.now())}
          value={date}
          error={error}
          errorProps={{ role: 'alert' }}
          onChange={({ currentTarget }) => onDate(currentTarget.value)}
        />
      )}
    </Input.Wrapper>
  )
}
