import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { shortAge } from '../../client/time/relative-time.ts'
import { Icon } from '../icons.tsx'
import type { ListedCamera } from './api.ts'
import classes from './CameraTrouble.module.css'
import { isInTrouble } from './camera-filter.ts'
import type { LastError } from './camera-status.ts'

interface CameraTroubleProps {
  readonly camera: ListedCamera
  /** ms since 1970, by the server's clock. */
  readonly now: number
  /** Why the last thing that was asked for could not be done. */
  readonly failure: string | undefined
  readonly isBusy: boolean
  readonly onRetry: () => void
}

/** What is wrong with a camera and what to do about it; of one that works again what was wrong last. */
export function CameraTrouble({ camera, now, failure, isBusy, onRetry }: CameraTroubleProps) {
  const { t } = useTranslation('cameras')
  const isNow = isInTrouble(camera)
  return (
    <div className={classes.part}>
      {isNow ? <Trouble camera={camera} now={now} /> : <LastTrouble camera={camera} now={now} />}
      {isHindered(camera) && <p lang={SERVER_LANGUAGE}>{camera.reason}</p>}
      {isNow && camera.settings && (
        <Button
          variant="default"
          className={classes.retry}
          leftSection={<Icon name="refresh" size={16} />}
          loading={isBusy}
          aria-label={t('retryName', { name: camera.key })}
          onClick={onRetry}
        >
          {t('retry')}
        </Button>
      )}
      {failure !== undefined && (
        <p className={classes.failure} role="alert">
          {failure}
        </p>
      )}
    </div>
  )
}

/** Whether it is off though nobody has switched it off: the server says why. */
function isHindered({ state, runs, counts }: ListedCamera): boolean {
  return state === 'off' && (runs !== 'off' || !counts)
}

/** What is wrong now, in the server's own sentence; where that is not in the reader's language, also in short. */
function Trouble({ camera, now }: Pick<CameraTroubleProps, 'camera' | 'now'>) {
  const { t, i18n } = useTranslation('cameras')
  const { lastError } = camera
  const reason = camera.reason || lastError?.reason
  const problem = camera.problem ?? lastError?.problem
  const isForeign = i18n.language !== SERVER_LANGUAGE
  return (
    <p>
      {problem && (isForeign || !reason) && <strong>{t(`problem.${problem}`)}</strong>}
      {reason && <span lang={SERVER_LANGUAGE}>{reason}</span>}{' '}
      {lastError && <span className={classes.when}>{t('ago', { age: ageOf(lastError, now, i18n.language) })}</span>}
    </p>
  )
}

/** What was wrong last; nothing if nothing was, or it is too long ago to matter. */
function LastTrouble({ camera: { lastError, state }, now }: Pick<CameraTroubleProps, 'camera' | 'now'>) {
  const { t, i18n } = useTranslation('cameras')
  if (!lastError?.problem || state === 'off' || now - lastError.at > LONG_AGO_MS) return null
  return (
    <p className={classes.last}>
      {t('lastTrouble', {
        problem: t(`problem.${lastError.problem}`),
        ago: t('ago', { age: ageOf(lastError, now, i18n.language) }),
      })}
    </p>
  )
}

function ageOf({ at }: LastError, now: number, language: string): string {
  return shortAge(Math.max(0, now - at), language)
}

const LONG_AGO_MS = 24 * 3_600_000
/** The language of the server's sentences. */
const SERVER_LANGUAGE = 'en'
