import { useTranslation } from 'react-i18next'
import { shortAge } from '../../../client/time/relative-time.ts'
import { formatAddress } from '../../../src/wire/zmtp/address.ts'
import { Icon } from '../../icons.tsx'
import { dataRate } from '../../instruments/data-rate.ts'
import { rateText } from '../../live/rate-text.ts'
import { ListRow, RowAction } from '../ListRow.tsx'
import { Tags } from '../Tags.tsx'
import type { ListedInstrument } from './api.ts'

interface InstrumentRowProps {
  readonly instrument: ListedInstrument
  readonly onRemove: () => void
}

/** One instrument: where it is read, how it is doing, its streams. */
export function InstrumentRow({ instrument, onRemove }: InstrumentRowProps) {
  const { t, i18n } = useTranslation('instruments')
  const { t: admin } = useTranslation('admin')
  const { name, state, reason, socket, mode, pictures, rate, lostPulses, rejected, messages, age } = instrument
  const isLive = state === 'live'
  return (
    <ListRow
      mark={<Icon name="pulse" />}
      name={name}
      tags={[t(`state.${state}`), ...(instrument.isConfigured ? [t('configured')] : [])]}
      text={
        <>
          {t(`reads.${mode}`, { socket: socket.toUpperCase(), address: formatAddress(instrument) })}
          {!isLive && reason !== '' && (
            <>
              <br />
              {reason}
            </>
          )}
        </>
      }
      about={pictures.length > 0 && <Tags names={pictures} more={(count) => admin('moreNames', { count })} />}
      facts={
        messages === 0
          ? [t('nothingYet')]
          : [
              `${t('pulsesValue', { rate: rateText(rate) })} · ${dataRate(instrument.bytesPerSecond)}`,
              t('lostValue', { count: lostPulses }),
              ...(rejected > 0 ? [t('rejectedValue', { count: rejected })] : []),
              ...(isLive || age === undefined ? [] : [t('ageValue', { age: shortAge(age, i18n.language) })]),
            ]
      }
      isEnded={!isLive}
      actions={
        !instrument.isConfigured && <RowAction icon="trash" name={admin('removeName', { name })} onClick={onRemove} />
      }
    />
  )
}
