import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { StreamName } from '../../src/core/stream-name.ts'
import { Icon } from '../icons.tsx'
import { cameraPath } from '../paths.ts'
import classes from './CameraLink.module.css'

/** Leads from the tile of a camera in trouble to its settings, for who may change them. */
export function CameraLink({ stream }: { stream: StreamName }) {
  const { t } = useTranslation('cameras')
  return (
    <Link
      to={cameraPath(stream)}
      className={classes.link}
      aria-label={t('settingsOf', { stream: `${stream.label}, ${stream.key}` })}
    >
      <Icon name="cctv" size={16} />
      <span>{t('settings')}</span>
    </Link>
  )
}
