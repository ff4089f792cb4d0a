import { Anchor } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { bitRate } from '../cameras/bit-rate.ts'
import { CameraStateText } from '../cameras/CameraStateText.tsx'
import { isInTrouble } from '../cameras/camera-filter.ts'
import type { CameraStatus } from '../cameras/camera-status.ts'
import { codecName } from '../cameras/codec-name.ts'
import { Fact, Facts, NONE } from './Facts.tsx'
import panel from './Panel.module.css'
import { PanelSection } from './PanelSection.tsx'

interface CameraSectionProps {
  readonly camera: CameraStatus
  /** The settings of the camera; undefined for who may not change them. */
  readonly settingsPath: string | undefined
}

/** How the camera of the stream is doing. All lines are always present, so that nothing moves. */
export function CameraSection({ camera, settingsPath }: CameraSectionProps) {
  const { t } = useTranslation('cameras')
  const { state, codec, fps, bytesPerSecond, restarts, clock, reason } = camera
  return (
    <PanelSection
      title={t('camera')}
      end={
        settingsPath !== undefined && (
          <Anchor component={Link} to={settingsPath} size="sm">
            {t('settings')}
          </Anchor>
        )
      }
    >
      <Facts>
        <Fact name={t('state')}>
          <CameraStateText state={state} />
        </Fact>
        <Fact name={t('codec')}>{codec ? codecName(codec) : NONE}</Fact>
        <Fact name={t('rate')}>{fps > 0 ? t('fps', { rate: Math.round(fps * 10) / 10 }) : NONE}</Fact>
        <Fact name={t('bandwidth')}>{bytesPerSecond > 0 ? bitRate(bytesPerSecond) : NONE}</Fact>
        <Fact name={t('reconnects')}>{restarts}</Fact>
      </Facts>
      {isInTrouble(camera) && (
        <p className={panel.quiet} lang="en">
          {reason}
        </p>
      )}
      {clock === 'arrival' && <p className={panel.quiet}>{t('ageArrivalNote')}</p>}
    </PanelSection>
  )
}
