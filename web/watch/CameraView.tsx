import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OverlayChoice } from '../../client/overlay/overlay-choice.ts'
import { isSameStream, type StreamName } from '../../src/core/stream-name.ts'
import { readWarnings, type Warning } from '../../src/wire/warnings.ts'
import { useSession } from '../access/use-session.ts'
import { isInTrouble } from '../cameras/camera-filter.ts'
import { mayEditCameras } from '../cameras/editable-sites.ts'
import { useCameraWords } from '../cameras/use-camera-words.ts'
import { useStreamCamera } from '../cameras/use-stream-camera.ts'
import { useStore } from '../hooks/use-store.ts'
import { unitIn } from '../instruments/instrument-status.ts'
import { useStreamInstrument } from '../instruments/use-stream-instrument.ts'
import { useClassNames } from '../live/class-names.tsx'
import { useFeed, useStreams } from '../live/use-feed.ts'
import type { Picture } from '../live/worker-protocol.ts'
import { useHeldWarnings } from '../overlay/use-held-warnings.ts'
import { cameraPath } from '../paths.ts'
import { useColouring } from '../preferences/colourings.ts'
import { useReloadHold } from '../update/use-page-update.ts'
import { classText } from './class-text.ts'
import { Panel } from './Panel.tsx'
import { PictureStage } from './PictureStage.tsx'
import { PlayerControls } from './PlayerControls.tsx'
import { Player } from './player.ts'
import { ShortcutsDialog } from './ShortcutsDialog.tsx'
import { savePicture, saveWithOverlay } from './save-picture.ts'
import type { FullScreen } from './use-full-screen.ts'
import { useKeyboardShortcuts } from './use-keyboard-shortcuts.ts'
import { useLiveness } from './use-liveness.ts'
import classes from './WatchPage.module.css'

/** The state shared by all cameras, and the navigation callbacks. */
export interface CameraViewProps {
  readonly stream: StreamName
  readonly choice: OverlayChoice
  readonly onChoice: (choice: OverlayChoice) => void
  readonly screen: FullScreen
  /** The panel's id if it is open. */
  readonly panelId: string | undefined
  readonly onBack: () => void
  /** @param by 1: the next camera, -1: the one before */
  readonly onCamera: (by: 1 | -1) => void
}

const NO_WARNINGS: readonly Warning[] = []

/** One camera: picture, controls, facts. Rendered with a `key`, so that no state carries over to the next camera. */
export function CameraView({ stream, choice, onChoice, screen, panelId, onBack, onCamera }: CameraViewProps) {
  const { t, i18n } = useTranslation('watch')
  const feed = useFeed()
  const [player] = useState(() => new Player(feed, stream))
  const state = useStore(player, ({ state }) => state)
  const { streams } = useStreams()
  const listed = streams.find((each) => isSameStream(each, stream))
  const isInstrument = listed?.start === 'next'
  // Of one that is not there yet nothing can be asked.
  const camera = useStreamCamera(listed && !isInstrument ? stream : undefined)
  const liveness = useLiveness(player, listed, useCameraWords(camera))
  const mayChange = mayEditCameras(useSession(), stream.label)
  const instrument = useStreamInstrument(isInstrument ? stream : undefined)
  const [isHelpOpen, setHelpOpen] = useState(false)
  const [saveNote, setSaveNote] = useState('')

  const classNames = useClassNames(stream.label)
  const nameOf = useCallback((name: string) => classText(name, t), [t])
  const look = useMemo(() => ({ choice, classNames, nameOf }), [choice, classNames, nameOf])
  useEffect(() => player.setLook(look), [player, look])

  const [wish, changeWish] = useColouring(stream)
  useEffect(() => player.setColouring(wish), [player, wish])

  // A frozen picture is one that somebody wants to go on seeing.
  useReloadHold(state.isFrozen)
  const [held, take] = useHeldWarnings()
  useEffect(() => player.onPicture((picture) => take(readWarnings(picture.annotations?.warnings))), [player, take])
  // While frozen, those of the displayed picture; else none of a stream that has stopped, as on the wall.
  const current = listed?.state === 'live' ? held : NO_WARNINGS
  const warnings = state.isFrozen ? readWarnings(state.picture?.annotations?.warnings) : current

  const saveBy = (download: (picture: Picture) => Promise<Picture>) => {
    const picture = player.shown?.picture
    setSaveNote('')
    if (!picture) return
    download(picture).then(
      ({ blobSize: { width, height } }) => {
        if (width < picture.width) setSaveNote(t('savedAsShown', { width, height }))
      },
      () => setSaveNote(t('saveFailed')),
    )
  }
  const save = () => saveBy(savePicture)
  const saveDrawn = () => saveBy((picture) => saveWithOverlay(picture, look))
  useKeyboardShortcuts({
    ' ': () => (state.isFrozen ? player.resume() : player.freeze()),
    ',': () => player.step(-1),
    '.': () => player.step(1),
    arrowleft: () => onCamera(-1),
    arrowright: () => onCamera(1),
    escape: onBack,
    f: screen.toggle,
    o: () => onChoice({ ...choice, isOn: !choice.isOn }),
    s: save,
    'shift+s': saveDrawn,
    '?': () => setHelpOpen(true),
  })

  return (
    <div className={classes.camera} lang={i18n.language}>
      <div className={classes.left}>
        <PictureStage
          player={player}
          stream={stream}
          unit={unitIn(instrument?.units, stream.key)}
          liveness={liveness}
          settingsPath={camera && mayChange && isInTrouble(camera) ? cameraPath(stream) : undefined}
          hasPicture={state.picture !== undefined}
          isFrozen={state.isFrozen}
          warnings={warnings}
          hasWarnings={choice.isOn && !choice.hiddenKinds.includes('warnings')}
        />
        {saveNote && (
          <p role="alert" className={classes.trouble}>
            {saveNote}
          </p>
        )}
        <PlayerControls
          player={player}
          state={state}
          screen={screen}
          onPrevious={() => onCamera(-1)}
          onNext={() => onCamera(1)}
          onSave={save}
          onSaveWithOverlay={saveDrawn}
          onShortcuts={() => setHelpOpen(true)}
        />
      </div>
      {panelId !== undefined && (
        <Panel
          id={panelId}
          stream={stream}
          player={player}
          state={state}
          unchangedSince={state.isFrozen ? undefined : liveness.unchangedSince}
          isInstrument={isInstrument}
          instrument={instrument}
          camera={camera}
          settingsPath={camera && mayChange ? cameraPath(stream) : undefined}
          warnings={warnings}
          wish={wish}
          onWish={changeWish}
          choice={choice}
          onChoice={onChoice}
        />
      )}
      <ShortcutsDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  )
}
