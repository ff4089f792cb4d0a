import { useTranslation } from 'react-i18next'
import type { CameraState } from '../../src/core/camera.ts'
import { Icon, type IconName } from '../icons.tsx'
import classes from './CameraStateText.module.css'

/** The state of a camera, as an icon and a word. */
export function CameraStateText({ state }: { state: CameraState }) {
  const { t } = useTranslation('cameras')
  return (
    <span className={classes.state} data-state={state}>
      <Icon name={ICONS[state]} size={16} />
      {t(`state.${state}`)}
    </span>
  )
}

const ICONS: Readonly<Record<CameraState, IconName>> = {
  off: 'power',
  idle: 'pause',
  connecting: 'refresh',
  live: 'dot',
  failed: 'warning',
  stopped: 'stop',
  yielding: 'away',
}
