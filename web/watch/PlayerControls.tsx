import { ActionIcon, Slider, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Icon, type IconName } from '../icons.tsx'
import classes from './PlayerControls.module.css'
import type { Player } from './player.ts'
import type { PlayerState } from './player-state.ts'
import { SaveMenu } from './SaveMenu.tsx'
import type { FullScreen } from './use-full-screen.ts'

/** The callbacks of the controls, except for playing. */
export interface PlayerControlsProps {
  readonly player: Player
  readonly state: PlayerState
  readonly screen: FullScreen
  readonly onPrevious: () => void
  readonly onNext: () => void
  readonly onSave: () => void
  readonly onSaveWithOverlay: () => void
  readonly onShortcuts: () => void
}

/** The control bar below the picture: other cameras, freeze and step, scrubber, save, full screen. */
export function PlayerControls({ player, state, screen, ...actions }: PlayerControlsProps) {
  const { t } = useTranslation('watch')
  const { isFrozen, kept, position, picture } = state
  const isAny = picture !== undefined
  return (
    <section className={classes.controls} aria-label={t('controls')} data-controls>
      <div className={classes.group}>
        <Press name={t('previous')} shortcut="←" icon="chevronLeft" onClick={actions.onPrevious} />
        <Press name={t('next')} shortcut="→" icon="chevronRight" onClick={actions.onNext} />
      </div>
      <div className={classes.group}>
        <Press
          name={t('stepBack')}
          shortcut=","
          icon="stepBack"
          isOff={!isAny || position === 0}
          onClick={() => player.step(-1)}
        />
        <Press
          name={isFrozen ? t('resume') : t('freeze')}
          shortcut={t('keySpace')}
          icon={isFrozen ? 'play' : 'pause'}
          isMain
          isOff={!isAny}
          onClick={() => (isFrozen ? player.resume() : player.freeze())}
        />
        <Press
          name={t('stepForward')}
          shortcut="."
          icon="stepForward"
          isOff={!isFrozen || position === kept - 1}
          onClick={() => player.step(1)}
        />
      </div>
      <Scrubber player={player} state={state} />
      <div className={classes.group}>
        <SaveMenu isOff={!isAny} onSave={actions.onSave} onSaveWithOverlay={actions.onSaveWithOverlay} />
        {screen.isPossible && (
          <Press
            name={screen.isOn ? t('leaveFullScreen') : t('fullScreen')}
            shortcut="F"
            icon={screen.isOn ? 'shrink' : 'expand'}
            onClick={screen.toggle}
          />
        )}
        <span className={classes.keyboard}>
          <Press name={t('shortcuts')} shortcut="?" icon="keyboard" onClick={actions.onShortcuts} />
        </span>
      </div>
    </section>
  )
}

/** The scrubber: the position among the buffered pictures; at the right end while live. */
function Scrubber({ player, state }: { player: Player; state: PlayerState }) {
  const { t } = useTranslation('watch')
  const { isFrozen, kept, position, picture } = state
  const back = isFrozen && picture && player.newest ? player.newest.receivedAt - picture.receivedAt : 0
  const seconds = (back / 1000).toFixed(1)
  const text = back > 0 ? t('scrubberValue', { seconds }) : picture ? t('newest') : ''
  const last = Math.max(1, kept - 1)
  return (
    <div className={classes.scrubber}>
      <Slider
        className={classes.slider}
        size={4}
        thumbSize={16}
        label={null}
        min={0}
        max={last}
        value={isFrozen ? Math.max(0, position) : last}
        disabled={kept < 2}
        onChange={(index) => player.seek(index)}
        thumbLabel={t('scrubber')}
        thumbValueText={text}
      />
      <span className={classes.back} aria-hidden="true">
        {back > 0 ? t('scrubberBack', { seconds }) : text}
      </span>
    </div>
  )
}

interface PressProps {
  readonly name: string
  readonly shortcut: string
  readonly icon: IconName
  readonly isMain?: boolean
  readonly isOff?: boolean
  readonly onClick: () => void
}

function Press({ name, shortcut, icon, isMain = false, isOff = false, onClick }: PressProps) {
  return (
    <Tooltip label={`${name} (${shortcut})`} withinPortal={false}>
      <ActionIcon
        variant={isMain ? 'light' : 'subtle'}
        color={isMain ? 'accent' : 'gray'}
        className={classes.press}
        aria-label={name}
        // Not `disabled`: a button that becomes disabled loses the focus.
        aria-disabled={isOff || undefined}
        onClick={isOff ? undefined : onClick}
      >
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  )
}
