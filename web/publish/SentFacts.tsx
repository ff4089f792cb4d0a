import { useTranslation } from 'react-i18next'
import classes from './SentFacts.module.css'
import type { TransmissionState } from './transmission.ts'

/** The measured facts of the transmission, as opposed to the settings. */
export function SentFacts({ sent }: { sent: TransmissionState | undefined }) {
  const { t, i18n } = useTranslation('publish')
  const written = (value: number | undefined, digits: number, text: (value: string) => string) =>
    value === undefined ? '–' : text(decimals(i18n.language, digits).format(value))
  const isSize = sent?.width !== undefined && sent.height !== undefined
  const facts = {
    rate: [t('factRate'), written(sent?.rate, 1, (value) => t('factRateUnit', { value }))],
    delay: [t('factDelay'), written(sent?.delay, 0, (value) => t('factDelayUnit', { value }))],
    size: [t('factSize'), isSize ? `${sent.width} × ${sent.height}` : '–'],
    picture: [t('factPicture'), written(kilo(sent?.bytes), 1, (value) => t('factPictureUnit', { value }))],
    load: [t('factLoad'), written(mega(sent?.bitsPerSecond), 2, (value) => t('factLoadUnit', { value }))],
    stored: [t('factStored'), written(sent?.stored, 0, plain)],
    refused: [t('factRefused'), written(sent?.refused, 0, plain)],
    skipped: [t('factSkipped'), written(sent?.skipped, 0, plain)],
  }
  return (
    <section>
      <h2 className={classes.title}>{t('facts')}</h2>
      <dl className={classes.facts}>
        {Object.entries(facts).map(([id, [name, value]]) => (
          <div key={id}>
            <dt>{name}</dt>
            <dd data-testid={`fact-${id}`}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const plain = (value: string) => value
const kilo = (value: number | undefined) => value && value / 1000
const mega = (value: number | undefined) => value && value / 1e6

function decimals(language: string, digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
