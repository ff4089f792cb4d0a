import { Input, SegmentedControl, TextInput } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import classes from '../Segments.module.css'
import { minuteValue, when } from '../times.ts'
import { useNow } from '../../hooks/use-now.ts'
import { UNTILS, type Until, untilOf } from './link-expiry.ts'

interface UntilFieldProps {
  readonly value: Until
  /** Of `<input type="datetime-local">`. */
  readonly moment: string
  readonly error: string | undefined
  readonly onChange: (until: Until) => void
  readonly onMoment: (moment: string) => void
}

/** Until when a link is good, and what that means by the clock. */
export function UntilField({ value, moment, error, onChange, onMoment }: UntilFieldProps) {
  const { t, i18n } = useTranslation('admin')
  const id = useId()
  const now = useNow()
  const end = untilOf(value, moment, now)
  const text = 'at' in end ? t('untilAt', { moment: when(end.at, now, i18n.language) }) : t('untilHint')
  return (
    <Input.Wrapper label={t('until')} description={text} labelElement="div" labelProps={{ id }}>
      <SegmentedControl
        fullWidth
        aria-labelledby={id}
        classNames={{ label: classes.option }}
        data={UNTILS.map((one) => ({ value: one, label: t(`until.${one}`) }))}
        value={value}
        onChange={onChange}
      />
      {value === 'moment' && (
        <TextInput
          className={classes.exact}
          type="datetime-local"
          aria-label={t('moment')}
          min={minuteValue(now)}
          value={moment}
          error={error}
          errorProps={{ role: 'alert' }}
          onChange={({ currentTarget }) => onMoment(currentTarget.value)}
        />
      )}
    </Input.Wrapper>
  )
}
