import { VisuallyHidden } from '@mantine/core'
import { memo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { streamId } from '../../src/core/stream-name.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import type { CameraStatus } from '../cameras/camera-status.ts'
import { useCameraWords } from '../cameras/use-camera-words.ts'
import type { ShownPicture } from '../live/worker-protocol.ts'
import { useHeldWarnings } from '../overlay/use-held-warnings.ts'
import { WarningList } from '../overlay/WarningList.tsx'
import { watchPath } from '../paths.ts'
import { Measurements } from './Measurements.tsx'
import classes from './Tile.module.css'
import { useMeasurements } from './use-measurements.ts'
import { useTileCanvas } from './use-tile-canvas.ts'
import { useTileStatus } from './use-tile-status.ts'

/** The props of a tile. */
export interface TileProps {
  readonly stream: LiveStream
  readonly hasLabel: boolean
  /** Its camera, where that is known. */
  readonly camera?: CameraStatus | undefined
  /** Called with the aspect ratio (width / height) of the stream's pictures when it is known or changes. */
  readonly onAspect: (id: string, aspect: number) => void
}

/** A tile of the wall: a stream's picture, name, age, measurements and warnings; links to the watch page. */
export const Tile = memo(function Tile({ stream, hasLabel, camera, onAspect }: TileProps) {
  const { label, key } = stream
  const id = streamId(stream)
  const { t } = useTranslation()
  const stage = useRef<HTMLSpanElement>(null)
  const shown = useRef<ShownPicture>(undefined)
  const failedAt = useRef<number>(undefined)
  const [warnings, takeWarnings] = useHeldWarnings()
  const [measurements, takeMeasurements] = useMeasurements()

  const status = useTileStatus(stream, shown, failedAt, useCameraWords(camera))
  const onPicture = (latest: ShownPicture) => {
    const isFirst = shown.current === undefined
    if (isFirst || shown.current?.width !== latest.width || shown.current.height !== latest.height)
      onAspect(id, latest.width / latest.height)
    shown.current = latest
    takeWarnings(latest.warnings)
    takeMeasurements(latest.measurements)
    status.refresh()
  }
  const onUndecodable = (receivedAt: number) => {
    failedAt.current = receivedAt
    status.refresh()
  }
  useTileCanvas(stage, label, key, { onPicture, onUndecodable })
  const isWarned = warnings.length > 0 && stream.state === 'live'

  return (
    <Link
      ref={status.ref}
      to={watchPath(stream)}
      className={classes.tile}
      data-kind="waiting"
      data-warned={isWarned || undefined}
    >
      <span ref={stage} className={classes.stage} />
      {/* The text is also the link's accessible name, so the stream's name comes first. */}
      <span className={classes.caption}>
        <span className={classes.name}>
          {hasLabel ? <span className={classes.label}>{label}</span> : <VisuallyHidden>{label}</VisuallyHidden>} {key}
        </span>{' '}
        <span className={classes.age}>
          <span data-part="age" />
        </span>
        {measurements.length > 0 && <Measurements measurements={measurements} />}
      </span>{' '}
      <span className={classes.note} data-part="note">
        {t('waiting')}
      </span>{' '}
      {isWarned && <WarningList warnings={warnings} className={classes.warnings} />}
    </Link>
  )
})
