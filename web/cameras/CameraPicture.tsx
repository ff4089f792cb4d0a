import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Icon } from '../icons.tsx'
import { watchPath } from '../paths.ts'
import type { ListedCamera } from './api.ts'
import classes from './CameraPicture.module.css'
import { useCameraPicture } from './use-camera-picture.ts'

/** A small picture of a camera if one is at hand, which leads to its watch page. */
export function CameraPicture({ camera }: { camera: ListedCamera }) {
  const { t } = useTranslation('cameras')
  const link = useRef<HTMLAnchorElement>(null)
  const url = useCameraPicture(link, camera, camera.isDecoding)
  return (
    <Link
      ref={link}
      to={watchPath(camera)}
      className={classes.picture}
      data-live={camera.state === 'live' || undefined}
      aria-label={t('watchName', { name: `${camera.label}, ${camera.key}` })}
    >
      {url === undefined ? <Icon name="cctv" size={24} /> : <img src={url} alt="" />}
    </Link>
  )
}
