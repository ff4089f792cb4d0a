import { type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { observeDeviceSize } from '../../client/view/device-size.ts'
import type { StreamName } from '../../src/core/stream-name.ts'
import type { Warning } from '../../src/wire/warnings.ts'
import { useSession } from '../access/use-session.ts'
import type { LivenessStatus } from '../live/liveness-status.ts'
import { WarningList } from '../overlay/WarningList.tsx'
import { warningText } from '../overlay/warning-text.ts'
import { FrameAge } from './FrameAge.tsx'
import classes from './PictureStage.module.css'
import type { Player } from './player.ts'
import { PointerValue } from './values/PointerValue.tsx'

/** The props of the stage. */
export interface PictureStageProps {
  readonly player: Player
  readonly stream: StreamName
  /** Of its values, if it has values and the unit is known. */
  readonly unit: string | undefined
  readonly liveness: LivenessStatus
  /** See `FrameAgeProps`. */
  /** Where what is wrong can be put right; undefined: nowhere, or not by this user. */
  readonly settingsPath: string | undefined
  /** Whether there is a picture, which has an age. */
  readonly hasPicture: boolean
  readonly isFrozen: boolean
  readonly warnings: readonly Warning[]
  /** Whether warnings are shown over the picture. */
  readonly hasWarnings: boolean
}

/** The large picture with overlay, notes, warnings and age. */
export function PictureStage({
  player,
  stream,
  unit,
  liveness,
  settingsPath,
  hasPicture,
  isFrozen,
  warnings,
  hasWarnings,
}: PictureStageProps) {
  const { t } = useTranslation('watch')
  const { t: common } = useTranslation()
  const showsValues = useSession()?.link?.showsMetadata !== false
  const stage = useRef<HTMLElement>(null)
  const frame = useRef<HTMLDivElement>(null)
  const picture = useRef<HTMLCanvasElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    if (!frame.current || !picture.current || !overlay.current) return undefined
    return player.start({ frame: frame.current, picture: picture.current, overlay: overlay.current })
  }, [player])
  useStageSize(stage, player)

  const { label, key } = stream
  const isStill = !isFrozen && liveness.kind !== 'live'
  const [before, after] = isFrozen ? around(t('frozen', { age: AGE })) : ['', '']
  return (
    <section ref={stage} className={classes.stage} data-kind={liveness.kind} data-frozen={isFrozen || undefined}>
      <div ref={frame} className={classes.frame} role="img" aria-label={`${label}, ${key}`}>
        <canvas ref={picture} className={classes.canvas} />
        <canvas ref={overlay} className={classes.canvas} data-testid="overlay" />
      </div>
      {hasWarnings && warnings.length > 0 && <WarningList warnings={warnings} className={classes.warnings} />}
      {hasPicture && (
        <span className={classes.state} data-testid="state">
          {before}
          <FrameAge player={player} unchangedSince={isFrozen ? undefined : liveness.unchangedSince} testId="age" />
          {after}
        </span>
      )}
      {showsValues && <PointerValue frame={frame} player={player} unit={unit} />}
      {isStill && (
        <Note liveness={liveness} settingsPath={settingsPath}>
          {liveness.kind === 'gone' && t('goneLong', { label, key })}
        </Note>
      )}
      {/* A live region as a list, so that only additions are announced. */}
      <ul className={classes.unseen} aria-live="polite" aria-relevant="additions">
        {warnings.map((warning) => (
          <li key={warning.name}>{warningText({ ...warning, count: undefined }, common)}</li>
        ))}
      </ul>
      <p className={classes.unseen} role="status">
        {isStill && !AGING.has(liveness.kind) ? liveness.note : ''}
      </p>
    </section>
  )
}

function Note({
  liveness,
  settingsPath,
  children,
}: Pick<PictureStageProps, 'liveness' | 'settingsPath'> & { readonly children: ReactNode }) {
  const { t } = useTranslation()
  const { t: cameras } = useTranslation('cameras')
  return (
    <div className={classes.note} data-testid="note">
      {children ? (
        <>
          <span>{children}</span>
          <Link to="/">{t('toWall')}</Link>
        </>
      ) : (
        <>
          <span>{liveness.note}</span>
          {settingsPath !== undefined && <Link to={settingsPath}>{cameras('settings')}</Link>}
        </>
      )}
    </div>
  )
}

/** What is said with an age, which would be read out all the time. */
const AGING = new Set<LivenessStatus['kind']>(['late', 'unchanged'])

/** A placeholder in a text for the age, which is rendered without React. */
const AGE = '\u0001'

function around(text: string): [string, string] {
  const [before = '', after = ''] = text.split(AGE)
  return [before, after]
}

/** A hook: passes the stage's size to the player. */
function useStageSize(stage: RefObject<HTMLElement | null>, player: Player): void {
  useEffect(() => {
    if (!stage.current) return undefined
    return observeDeviceSize(stage.current, ({ scale, ...size }) => {
      if (size.width > 0 && size.height > 0) player.resize(size, scale)
    })
  }, [stage, player])
}
