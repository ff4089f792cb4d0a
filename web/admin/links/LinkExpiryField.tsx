import { Input, SegmentedControl, TextInput } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { dayAndTime } from '../../../client/time/absolute-time.ts'
import { useServerNow } from '../../live/use-server-now.ts'
import { minuteValue } from '../../time/date-input.ts'
import classes from '../Segments.module.css'
import { LINK_EXPIRIES, type LinkExpiry, linkExpiryOf } from './link-expiry.ts'

interface LinkExpiryFieldProps {
  readonly value: LinkExpiry
  /** The value of `<input type="datetime-local">`. */
  readonly moment: string
  readonly error: string | undefined
  readonly onChange: (expiry: LinkExpiry) => void
  readonly onMoment: (moment: string) => void
}

/** The expiry of a link, with the resulting time. */
export function LinkExpiryField({ value, moment, error, onChange, onMoment }: LinkExpiryFieldProps) {
  const { t, i18n } = useTranslation('admin')
  const id = useId()
  const now = useServerNow()
  const end = linkExpiryOf(value, moment, now)
  const text = 'at' in end ? t('untilAt', { moment: dayAndTime(end.at, now, i18n.language) }) : t('untilHint')
  return (
    <Input.Wrapper label={t('until')} description={text} labelElement="div" labelProps={{ id }}>
      <SegmentedControl
        fullWidth
        aria-labelledby={id}
        classNames={{ label: classes.option }}
        data={LINK_EXPIRIES.map((one) => ({ value: one, label: t(`until.${one}`) }))}
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
