import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Icon } from '../icons.tsx'
import type { CameraState } from './device-camera.ts'
import classes from './PublishControls.module.css'

interface PublishControlsProps {
  readonly camera: CameraState['kind']
  /** The address of the stream's watch page; undefined while nothing is being sent. */
  readonly watchUrl: string | undefined
  /** Whether the stream has a valid name. */
  readonly canStart: boolean
  readonly onStart: () => void
  /** Stops the transmission and the camera. */
  readonly onStop: () => void
  readonly onPreview: () => void
}

/** The two large buttons, always in the same places. */
export function PublishControls({ camera, watchUrl, canStart, onStart, onStop, onPreview }: PublishControlsProps) {
  const { t } = useTranslation('publish')
  const isOn = camera === 'on' || camera === 'opening'
  if (watchUrl !== undefined)
    return (
      <div className={classes.controls}>
        <Button size="md" className={classes.stop} leftSection={<Icon name="stop" />} onClick={onStop}>
          {t('stop')}
        </Button>
        {/* In a new tab: leaving this page stops the transmission. */}
        <Button
          component="a"
          href={watchUrl}
          target="_blank"
          size="md"
          variant="default"
          rightSection={<Icon name="away" size={18} />}
          aria-label={`${t('watch')} (${t('watchNote')})`}
        >
          {t('watch')}
        </Button>
      </div>
    )
  return (
    <div className={classes.controls}>
      <Button size="md" leftSection={<Icon name="camera" />} disabled={!canStart} onClick={onStart}>
        {t('start')}
      </Button>
      <Button size="md" variant="default" onClick={isOn ? onStop : onPreview}>
        {t(isOn ? 'previewEnd' : 'preview')}
      </Button>
    </div>
  )
}
