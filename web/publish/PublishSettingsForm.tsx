import { NativeSelect, SegmentedControl, Slider, TextInput } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_NAME_LENGTH } from '../../src/core/stream-name.ts'
import { BACK, type CameraChoice, FRONT } from './camera-constraints.ts'
import classes from './PublishSettingsForm.module.css'
import { nameProblem, type PublishSettings, QUALITY, RATES, SIZES } from './publish-settings.ts'

interface SettingsFormProps {
  readonly settings: PublishSettings
  readonly choices: readonly CameraChoice[]
  /** The id of the camera in use. */
  readonly used: string | undefined
  /** The camera's maximum resolution: its longer side in pixels; undefined: unknown. */
  readonly largest: number | undefined
  /** Whether the stream is being sent: its name cannot be changed then. */
  readonly isLive: boolean
  readonly onChange: (some: Partial<PublishSettings>) => void
}

/** The settings of the stream: name, camera, size, rate, quality. */
export function PublishSettingsForm({ settings, choices, used, largest, isLive, onChange }: SettingsFormProps) {
  const { t } = useTranslation('publish')
  const qualityId = useId()
  const error = (name: string) => {
    const problem = nameProblem(name)
    return problem && t(problem, { max: MAX_NAME_LENGTH })
  }
  const sizes = SIZES.filter((size) => size === SIZES[0] || largest === undefined || size <= largest)
  return (
    <div className={classes.form}>
      <div className={classes.names}>
        <TextInput
          label={t('label')}
          description={t('labelHint')}
          value={settings.label}
          error={error(settings.label)}
          readOnly={isLive}
          classNames={{ input: classes.input }}
          onChange={({ currentTarget }) => onChange({ label: currentTarget.value })}
        />
        <TextInput
          label={t('name')}
          description={t('nameHint')}
          value={settings.key}
          error={error(settings.key)}
          readOnly={isLive}
          classNames={{ input: classes.input }}
          onChange={({ currentTarget }) => onChange({ key: currentTarget.value })}
        />
      </div>
      <CameraField used={used ?? settings.camera} choices={choices} onChange={onChange} />
      <Field name={t('size')} hint={t('sizeHint')}>
        <SegmentedControl
          aria-label={t('size')}
          fullWidth
          classNames={{ label: classes.option }}
          data={sizes.map(String)}
          value={String(sizes.find((size) => size === settings.size) ?? sizes.at(-1))}
          onChange={(value) => onChange({ size: Number(value) })}
        />
      </Field>
      <Field name={t('rate')} hint={t('rateHint')}>
        <SegmentedControl
          aria-label={t('rate')}
          fullWidth
          classNames={{ label: classes.option }}
          data={RATES.map(String)}
          value={String(settings.rate)}
          onChange={(value) => onChange({ rate: Number(value) })}
        />
      </Field>
      <Field name={<span id={qualityId}>{t('quality')}</span>}>
        <div className={classes.slider}>
          <span>{t('qualitySmall')}</span>
          <Slider
            min={QUALITY.least}
            max={QUALITY.most}
            step={QUALITY.step}
            value={settings.quality}
            label={percent}
            thumbProps={{ 'aria-labelledby': qualityId, 'aria-valuetext': percent(settings.quality) }}
            onChange={(quality) => onChange({ quality })}
          />
          <span>{t('qualityFine')}</span>
        </div>
      </Field>
    </div>
  )
}

const percent = (quality: number) => `${Math.round(quality * 100)} %`

/** The camera selection; shown if there are several. */
function CameraField({ used, choices, onChange }: Pick<SettingsFormProps, 'used' | 'choices' | 'onChange'>) {
  const { t } = useTranslation('publish')
  if (choices.length < 2) return undefined
  const sides: Readonly<Record<string, string>> = { [FRONT]: t('cameraFront'), [BACK]: t('cameraBack') }
  const isKnown = choices.some(({ id }) => id === used)
  return (
    <NativeSelect
      label={t('camera')}
      classNames={{ input: classes.input }}
      data={[
        ...(isKnown ? [] : [{ value: '', label: t('cameraAny') }]),
        ...choices.map(({ id, name }, n) => ({
          value: id,
          label: (sides[id] ?? name) || t('cameraNumber', { number: n + 1 }),
        })),
      ]}
      value={isKnown ? used : ''}
      onChange={({ currentTarget }) => onChange({ camera: currentTarget.value || undefined })}
    />
  )
}

function Field({ name, hint, children }: { name: ReactNode; hint?: string; children: ReactNode }) {
  return (
    <div>
      <div className={classes.name}>
        {name}
        {hint !== undefined && <span>{hint}</span>}
      </div>
      {children}
    </div>
  )
}
