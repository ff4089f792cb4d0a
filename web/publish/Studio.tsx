import { Anchor } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { watchPath } from '../paths.ts'
import { serverUrl } from '../server-address.ts'
import { CameraPreview } from './CameraPreview.tsx'
import { PublishControls } from './PublishControls.tsx'
import { PublishSettingsForm } from './PublishSettingsForm.tsx'
import { nameProblem, type PublishSettings } from './publish-settings.ts'
import { SentFacts } from './SentFacts.tsx'
import classes from './Studio.module.css'
import { Transmission } from './transmission.ts'
import { useCamera } from './use-camera.ts'
import { usePublishSettings } from './use-publish-settings.ts'
import { useHiddenPause, useTransmission } from './use-transmission.ts'

interface StudioProps {
  /** undefined: authenticated by the session cookie. */
  readonly publishKey: string | undefined
  /** The server has refused publishing. @param reason the server's message */
  readonly onRefused: (reason: string) => void
  readonly onForget: () => void
}

/** The camera preview, the controls and the settings. Unmounting stops the camera and the transmission. */
export function Studio({ publishKey, onRefused, onForget }: StudioProps) {
  const { t } = useTranslation('publish')
  const video = useRef<HTMLVideoElement>(null)
  const [settings, changeSettings] = usePublishSettings()
  const { camera, state, choices } = useCamera()
  const { transmission, state: sent, start } = useTransmission()
  const hiddenSeconds = useHiddenPause(transmission)

  useEffect(() => {
    if (video.current) video.current.srcObject = state.kind === 'on' ? state.stream : null
    if (state.kind === 'on' && video.current) transmission?.follow(video.current, state.track)
    if (state.kind === 'trouble') start(undefined)
  }, [state, transmission, start])

  useEffect(() => {
    if (sent?.connection !== 'disconnected') return
    start(undefined)
    camera.close()
    onRefused(sent.reason)
  }, [sent, camera, start, onRefused])

  const change = (some: Partial<PublishSettings>) => {
    const changed = { ...settings, ...some }
    changeSettings(some)
    transmission?.change(changed)
    if ('camera' in some && state.kind === 'on') void camera.open(changed)
    else if ('size' in some) void camera.resize(changed.size)
  }
  const publish = () => {
    const { label, key } = settings
    start(new Transmission(serverUrl(), publishKey, { label, key }, settings))
    if (state.kind !== 'on') void camera.open(settings)
  }
  const stop = () => {
    start(undefined)
    camera.close()
  }

  return (
    <div className={classes.studio}>
      <CameraPreview video={video} camera={state} sent={sent} hiddenSeconds={hiddenSeconds} />
      <div className={classes.panel}>
        <h1 className={classes.title}>{t('title')}</h1>
        <PublishControls
          camera={state.kind}
          watchUrl={transmission && serverUrl(watchPath(settings))}
          canStart={nameProblem(settings.label) === undefined && nameProblem(settings.key) === undefined}
          onStart={publish}
          onStop={stop}
          onPreview={() => void camera.open(settings)}
        />
        <SentFacts sent={sent} />
        <PublishSettingsForm
          settings={settings}
          choices={choices}
          used={camera.used}
          largest={camera.largest}
          isLive={transmission !== undefined}
          onChange={change}
        />
        {publishKey !== undefined && (
          <p className={classes.key}>
            {t('keyKnown')}{' '}
            <Anchor component="button" type="button" size="sm" underline="always" onClick={onForget}>
              {t('keyForget')}
            </Anchor>
          </p>
        )}
      </div>
    </div>
  )
}
