import type { TFunction } from 'i18next'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { CameraRuns } from '../../src/core/camera.ts'
import { RowAction } from '../admin/ListRow.tsx'
import type { ListedCamera } from './api.ts'
import { bitRate } from './bit-rate.ts'
import { CameraPicture } from './CameraPicture.tsx'
import classes from './CameraRow.module.css'
import { CameraStateText } from './CameraStateText.tsx'
import { CameraTrouble } from './CameraTrouble.tsx'
import { codecName } from './codec-name.ts'
import { RunsMenu } from './RunsMenu.tsx'

/** What can be done with a camera. */
export interface CameraActions {
  readonly onRuns: (runs: CameraRuns) => void
  readonly onRetry: () => void
  readonly onEdit: () => void
  readonly onRemove: () => void
}

interface CameraRowProps extends CameraActions {
  readonly camera: ListedCamera
  /** ms since 1970, by the server's clock. */
  readonly now: number
  /** Whether it is scrolled to, and gets the focus. */
  readonly isShown: boolean
  /** Whether something that was asked for is being done. */
  readonly isBusy: boolean
  /** Why it could not be done. */
  readonly failure: string | undefined
}

/** One camera: its picture, address and state, and what can be done with it. */
export function CameraRow({ camera, now, isShown, isBusy, failure, ...actions }: CameraRowProps) {
  const { t } = useTranslation('cameras')
  const { key, origin, runs, state, settings, counts } = camera
  const hint = stateHint(camera)
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (!isShown) return
    row.current?.scrollIntoView({ block: 'center' })
    row.current?.focus({ preventScroll: true })
  }, [isShown])
  return (
    <li ref={row} className={classes.row} tabIndex={-1}>
      <CameraPicture camera={camera} />
      <div className={classes.what}>
        <h3>
          <span>{key}</span>
          {origin !== 'added' && <small>{t(origin === 'hub' ? 'hub' : 'configured')}</small>}
        </h3>
        {settings && <p className={classes.address}>{settings.url}</p>}
        <p className={classes.state}>
          <CameraStateText state={state} />
          {hint && <span>{t(hint)}</span>}
        </p>
      </div>
      <ul className={classes.facts}>
        {factsOf(camera, t).map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
        {camera.restarts > 0 && <li>{t('restarts', { count: camera.restarts })}</li>}
      </ul>
      <div className={classes.actions}>
        {settings && origin === 'configuration' && <span className={classes.fixed}>{t(`runs.${runs}`)}</span>}
        {settings && counts && origin !== 'configuration' && (
          <RunsMenu name={key} runs={runs} isBusy={isBusy} onChange={actions.onRuns} />
        )}
        <span className={classes.buttons}>
          {settings && counts && origin === 'added' && (
            <RowAction icon="edit" name={t('editName', { name: key })} onClick={actions.onEdit} />
          )}
          {settings && origin === 'added' && (
            <RowAction icon="trash" name={t('removeName', { name: key })} onClick={actions.onRemove} />
          )}
        </span>
      </div>
      <CameraTrouble camera={camera} now={now} failure={failure} isBusy={isBusy} onRetry={actions.onRetry} />
    </li>
  )
}

/** What its state means, where the word does not say it; an i18n key of the namespace `cameras`. */
function stateHint({
  state,
  origin,
  counts,
}: ListedCamera): 'stateText.idle' | 'stateText.yielding' | 'hubText' | undefined {
  if (state === 'off' && origin === 'hub' && counts) return 'hubText'
  return state === 'idle' || state === 'yielding' ? `stateText.${state}` : undefined
}

/** What is known of its video, while it comes. */
function factsOf(
  { state, codec, width, height, fps, bytesPerSecond }: ListedCamera,
  t: TFunction<'cameras'>,
): string[] {
  if (state !== 'live') return []
  const kind = [codec && codecName(codec), width && height ? `${width} × ${height}` : undefined]
  const flow = [
    fps > 0 ? t('fps', { rate: Math.round(fps * 10) / 10 }) : undefined,
    bytesPerSecond > 0 ? bitRate(bytesPerSecond) : undefined,
  ]
  return [kind, flow].map((facts) => facts.filter(Boolean).join(' · ')).filter(Boolean)
}
