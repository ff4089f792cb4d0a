import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../icons.tsx'
import classes from './CameraPreview.module.css'
import type { CameraState } from './device-camera.ts'
import type { TransmissionState } from './transmission.ts'

interface CameraPreviewProps {
  readonly video: RefObject<HTMLVideoElement | null>
  readonly camera: CameraState
  /** The state of the running transmission, if any. */
  readonly sent: TransmissionState | undefined
  /** How long it was paused while the page was hidden, s. */
  readonly hiddenSeconds: number | undefined
}

/** The large camera preview, with a badge while it is being published. */
export function CameraPreview({ video, camera, sent, hiddenSeconds }: CameraPreviewProps) {
  const { t } = useTranslation('publish')
  const isOn = camera.kind === 'on'
  const isSent = sent !== undefined && !sent.isFalsified
  // Whether the key is valid shows only with the first answer.
  const isLive = sent?.connection === 'connected' && sent.stored + sent.refused > 0
  return (
    <section className={classes.stage} aria-label={t('preview')}>
      {/* No captions: a silent preview of the user's own camera. */}
      <video ref={video} className={classes.video} data-on={isOn} autoPlay muted playsInline />
      {!isOn && (
        <div className={classes.message}>
          <Icon name={camera.kind === 'trouble' ? 'warning' : 'camera'} size={40} />
          <p role={camera.kind === 'trouble' ? 'alert' : 'status'}>
            {camera.kind === 'off' && t('offNote')}
            {camera.kind === 'opening' && t('opening')}
            {camera.kind === 'trouble' && t(`trouble${camera.trouble.kind}`, { reason: camera.trouble.reason })}
          </p>
        </div>
      )}
      {isOn && (
        <p className={classes.mark} data-live={isLive} role="status">
          {!isSent && t('previewNote')}
          {isLive && t('live')}
          {isSent && !isLive && t(sent.stored > 0 ? 'again' : 'connecting')}
        </p>
      )}
      {isOn && sent && hiddenSeconds !== undefined && (
        <p className={classes.note} role="status">
          {t('hidden', { seconds: hiddenSeconds })}
        </p>
      )}
      {isOn && sent?.isFalsified && (
        <p className={classes.note} role="alert">
          {t('falsified')}
        </p>
      )}
      {isOn && sent?.refusal !== undefined && hiddenSeconds === undefined && (
        <p className={classes.note} role="status">
          {t('refusedWhy', { reason: sent.refusal })}
        </p>
      )}
    </section>
  )
}
