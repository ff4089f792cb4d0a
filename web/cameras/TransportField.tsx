import { Input, SegmentedControl } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { CameraSettings } from '../../src/core/camera.ts'
import classes from './TransportField.module.css'

interface TransportFieldProps {
  readonly value: CameraSettings['transport']
  readonly onChange: (transport: CameraSettings['transport']) => void
}

/** How pictures come over RTSP; folded, as hardly anybody has to choose. */
export function TransportField({ value, onChange }: TransportFieldProps) {
  const { t } = useTranslation('cameras')
  const id = useId()
  return (
    <details className={classes.more} open={value !== 'auto' || undefined}>
      <summary>{t('more')}</summary>
      <Input.Wrapper label={t('transport')} description={t('transportHint')} labelElement="div" labelProps={{ id }}>
        <SegmentedControl
          fullWidth
          aria-labelledby={id}
          data={TRANSPORTS.map((one) => ({ value: one, label: t(`transport.${one}`) }))}
          value={value}
          onChange={onChange}
        />
      </Input.Wrapper>
    </details>
  )
}

const TRANSPORTS = ['auto', 'tcp', 'udp'] as const satisfies readonly CameraSettings['transport'][]
