import { Input, SegmentedControl, TextInput } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useServerNow } from '../../live/use-server-now.ts'
import { dayValue } from '../../time/date-input.ts'
import classes from '../Segments.module.css'
import { KEY_EXPIRIES, type KeyExpiry } from './key-expiry.ts'

interface KeyExpiryFieldProps {
  readonly value: KeyExpiry
  /** The value of `<input type="date">`. */
  readonly date: string
  readonly error: string | undefined
  readonly onChange: (expiry: KeyExpiry) => void
  readonly onDate: (date: string) => void
}

/** The expiry of a key. */
export function KeyExpiryField({ value, date, error, onChange, onDate }: KeyExpiryFieldProps) {
  const { t } = useTranslation('admin')
  const id = useId()
  const now = useServerNow()
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
        data={KEY_EXPIRIES.map((one) => ({ value: one, label: t(`expiry.${one}`) }))}
        value={value}
        onChange={onChange}
      />
      {value === 'date' && (
        <TextInput
          className={classes.exact}
          type="date"
          aria-label={t('date')}
          min={dayValue(now)}
          value={date}
          error={error}
          errorProps={{ role: 'alert' }}
          onChange={({ currentTarget }) => onDate(currentTarget.value)}
        />
      )}
    </Input.Wrapper>
  )
}
