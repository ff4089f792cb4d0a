import { useTranslation } from 'react-i18next'
import type { OverlayChoice } from '../../client/overlay/overlay-choice.ts'
import type { ColouringWish } from '../../src/core/colouring.ts'
import type { StreamName } from '../../src/core/stream-name.ts'
import type { Warning } from '../../src/wire/warnings.ts'
import type { CameraStatus } from '../cameras/camera-status.ts'
import { type InstrumentStatus, unitIn } from '../instruments/instrument-status.ts'
import { warningText } from '../overlay/warning-text.ts'
import { CameraSection } from './CameraSection.tsx'
import { ColourSection } from './colours/ColourSection.tsx'
import { FrameFacts } from './FrameFacts.tsx'
import { InstrumentSection } from './InstrumentSection.tsx'
import { MetadataSection } from './MetadataSection.tsx'
import { OverlayToggles } from './OverlayToggles.tsx'
import classes from './Panel.module.css'
import { PanelSection } from './PanelSection.tsx'
import type { Player } from './player.ts'
import type { PlayerState } from './player-state.ts'

/** The props of the panel. */
export interface PanelProps {
  readonly id: string
  readonly stream: StreamName
  readonly player: Player
  readonly state: PlayerState
  /** From when on the picture's age counts, ms since 1970, where it only repeats an older one. */
  readonly unchangedSince: number | undefined
  /** Whether the stream can be that of an instrument. */
  readonly isInstrument: boolean
  /** How it is doing, once that is known. */
  readonly instrument: InstrumentStatus | undefined
  /** How the camera is doing, if it is one. */
  readonly camera: CameraStatus | undefined
  /** The settings of the camera; undefined for who may not change them. */
  readonly settingsPath: string | undefined
  readonly warnings: readonly Warning[]
  /** The colours that the user has chosen for the stream, if any. */
  readonly wish: ColouringWish | undefined
  readonly onWish: (wish: ColouringWish | undefined) => void
  readonly choice: OverlayChoice
  readonly onChoice: (choice: OverlayChoice) => void
}

/**
 * The side panel with everything known about the picture; on a narrow screen below it. Of an instrument what was measured comes
 * first, and detections only if there are any.
 */
export function Panel(props: PanelProps) {
  const { t } = useTranslation('watch')
  const { id, player, state, unchangedSince, isInstrument, camera, settingsPath } = props
  const facts = (
    <PanelSection title={t('facts')}>
      <FrameFacts player={player} state={state} unchangedSince={unchangedSince} clock={camera?.clock} />
    </PanelSection>
  )
  return (
    <aside id={id} className={classes.panel} aria-label={t('facts')}>
      {isInstrument ? (
        <>
          <Measured {...props} />
          {facts}
          {state.seen.kinds.length > 0 && <Detections {...props} />}
        </>
      ) : (
        <>
          {facts}
          {camera && <CameraSection camera={camera} settingsPath={settingsPath} />}
          <Detections {...props} />
          <Colours {...props} />
          <MetadataSection title={t('metadata')} picture={state.picture} overlay={state.overlay} />
        </>
      )}
    </aside>
  )
}

/** What an instrument has measured, and how it is doing. */
function Measured(props: PanelProps) {
  const { t } = useTranslation('watch')
  const { stream, state, instrument } = props
  const { picture, overlay } = state
  return (
    <>
      <InstrumentSection status={instrument} picture={picture} />
      <Colours {...props} unit={unitIn(instrument?.units, stream.key)} />
      <MetadataSection title={t('measurements')} picture={picture} overlay={overlay} units={instrument?.units} />
    </>
  )
}

/** How the values of the picture are drawn; nothing if it is none of values. */
function Colours({ state, wish, onWish, unit }: PanelProps & { readonly unit?: string | undefined }) {
  const colouring = state.picture?.colouring
  return colouring && <ColourSection colouring={colouring} wish={wish} onWish={onWish} unit={unit} />
}

/** What was detected, and what of it is drawn on the picture. */
function Detections({ state, warnings, choice, onChoice }: PanelProps) {
  const { t } = useTranslation('watch')
  return (
    <>
      <PanelSection title={t('warnings')}>
        <Warnings warnings={warnings} />
      </PanelSection>
      <PanelSection title={t('overlays')}>
        <OverlayToggles seen={state.seen} overlay={state.overlay} choice={choice} onChoice={onChoice} />
      </PanelSection>
    </>
  )
}

function Warnings({ warnings }: { warnings: readonly Warning[] }) {
  const { t } = useTranslation('watch')
  const { t: common } = useTranslation()
  if (warnings.length === 0) return <p className={classes.quiet}>{t('noWarnings')}</p>
  return (
    <ul className={classes.warnings}>
      {warnings.map((warning) => (
        <li key={warning.name} className={classes.warning}>
          <span className={classes.words}>{warningText({ ...warning, count: undefined }, common)}</span>
          <span>{warning.count}</span>
        </li>
      ))}
    </ul>
  )
}
