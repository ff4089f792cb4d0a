import { useTranslation } from 'react-i18next'
import { shortAge } from '../../client/time/relative-time.ts'
import { dataRate } from '../instruments/data-rate.ts'
import type { InstrumentStatus } from '../instruments/instrument-status.ts'
import { rateText } from '../live/rate-text.ts'
import type { Picture } from '../live/worker-protocol.ts'
import { Fact, Facts, NONE } from './Facts.tsx'
import panel from './Panel.module.css'
import { PanelSection } from './PanelSection.tsx'

interface InstrumentSectionProps {
  readonly status: InstrumentStatus | undefined
  /** The displayed picture. */
  readonly picture: Picture | undefined
}

/** The pulse of the picture, and how its instrument is doing; nothing if the stream has none. */
export function InstrumentSection({ status, picture }: InstrumentSectionProps) {
  const { t, i18n } = useTranslation('instruments')
  if (!status && !picture?.pulse) return null
  const hasCome = status !== undefined && status.messages > 0
  return (
    <PanelSection title={t('instrument')}>
      <Facts>
        <Fact name={t('pulseId')}>{picture?.pulse?.id ?? NONE}</Fact>
        <Fact name={t('rate')}>{hasCome ? t('rateValue', { rate: rateText(status.rate) }) : NONE}</Fact>
        <Fact name={t('dataRate')}>{hasCome ? dataRate(status.bytesPerSecond) : NONE}</Fact>
        <Fact name={t('lost')}>{hasCome ? status.lostPulses : NONE}</Fact>
        <Fact name={t('lastMessage')}>
          {status?.age === undefined ? NONE : t('agoValue', { age: shortAge(status.age, i18n.language) })}
        </Fact>
        {status && status.restarts > 0 && <Fact name={t('restarts')}>{status.restarts}</Fact>}
        {status && status.rejected > 0 && <Fact name={t('rejected')}>{status.rejected}</Fact>}
      </Facts>
      {status?.lastRejection && <p className={panel.quiet}>{status.lastRejection}</p>}
      {status && status.state !== 'live' && <p className={panel.quiet}>{status.reason}</p>}
    </PanelSection>
  )
}
