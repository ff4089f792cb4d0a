import { useTranslation } from 'react-i18next'
import { timeToMillisecond } from '../../client/time/absolute-time.ts'
import type { CameraStatus } from '../cameras/camera-status.ts'
import { rateText } from '../live/rate-text.ts'
import type { Picture } from '../live/worker-protocol.ts'
import { captureDelay } from './capture-delay.ts'
import classes from './Facts.module.css'
import { Fact, Facts, NONE } from './Facts.tsx'
import { FrameAge } from './FrameAge.tsx'
import type { Player } from './player.ts'
import type { PlayerState } from './player-state.ts'

/** The props of the numbers. */
export interface FrameFactsProps {
  readonly player: Player
  readonly state: PlayerState
  /** See `FrameAgeProps`. */
  readonly unchangedSince: number | undefined
  /** Whose clock the age is by; undefined: it is no camera's, or that is not known yet. */
  readonly clock: CameraStatus['clock']
}

/** The picture in numbers. All lines are always present, so that nothing moves. */
export function FrameFacts({ player, state, unchangedSince, clock }: FrameFactsProps) {
  const { t } = useTranslation('watch')
  const { t: cameras } = useTranslation('cameras')
  const { picture, rate, skipped, count, lastSkipped } = state
  const delay = picture && captureDelay(picture.capturedAt, picture.receivedAt)
  return (
    <Facts>
      <Fact name={clock ? cameras(AGES[clock]) : t('age')}>
        <FrameAge player={player} unchangedSince={unchangedSince} />
      </Fact>
      <Fact name={t('delay')}>{delay === undefined ? NONE : t('delayValue', { milliseconds: Math.round(delay) })}</Fact>
      <Fact name={t('rate')}>{rate === undefined ? NONE : t('rateValue', { rate: rateText(rate) })}</Fact>
      <Fact name={t('size')}>{picture ? t('sizeValue', { width: picture.width, height: picture.height }) : NONE}</Fact>
      <Fact name={t('shownAs')}>{picture ? t('shownAsValue', encodingOf(picture)) : NONE}</Fact>
      <Fact name={t('received')}>{picture ? timeToMillisecond(picture.receivedAt) : NONE}</Fact>
      <Fact name={t('skipped')}>
        {count === 0 ? NONE : t('skippedValue', { skipped, count: count + skipped, last: lastSkipped })}
      </Fact>
      <Fact name={t('frameId')}>
        <span className={classes.id}>{picture?.frameId ?? NONE}</span>
      </Fact>
    </Facts>
  )
}

/** The picture as it came over the network, which may be smaller than the original. */
function encodingOf({ blob, blobSize: { width, height } }: Picture) {
  return { width, height, format: FORMATS[blob.type] ?? blob.type, kilobytes: kilobytes(blob.size) }
}

/** The names of the age, by whose clock it is. */
const AGES = { camera: 'ageCamera', arrival: 'ageArrival' } as const

const FORMATS: Readonly<Record<string, string>> = { 'image/jpeg': 'JPEG', 'image/png': 'PNG', 'image/webp': 'WebP' }

function kilobytes(bytes: number): string {
  return bytes < 10_000 ? (bytes / 1000).toFixed(1) : String(Math.round(bytes / 1000))
}
