import { Checkbox, Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type LineStyle, lineStyleOfClass, lineStyleOfKind } from '../../client/overlay/line-styles.ts'
import type { OverlayChoice, OverlayKind } from '../../client/overlay/overlay-choice.ts'
import type { Overlay } from '../../client/overlay/shapes.ts'
import { classText } from './class-text.ts'
import type { DetectedClasses } from './detected-classes.ts'
import classes from './OverlayToggles.module.css'

/** The props of the toggles. */
export interface OverlayTogglesProps {
  readonly seen: DetectedClasses
  readonly overlay: Overlay | undefined
  readonly choice: OverlayChoice
  readonly onChoice: (choice: OverlayChoice) => void
}

/** Toggles of the overlay: everything, and each kind and class detected on this stream so far. */
export function OverlayToggles({ seen, overlay, choice, onChoice }: OverlayTogglesProps) {
  const { t } = useTranslation('watch')
  const { isOn, hiddenKinds, hiddenClasses } = choice
  const words = { boxes: t('kindBoxes'), cones: t('kindCones'), poles: t('kindPoles'), warnings: t('kindWarnings') }
  const areas = seen.kinds.filter((kind) => kind !== 'boxes')
  return (
    <div className={classes.toggles}>
      <Switch
        label={t('showOverlays')}
        labelPosition="left"
        checked={isOn}
        onChange={() => onChoice({ ...choice, isOn: !isOn })}
        classNames={{ body: classes.master, labelWrapper: classes.masterLabel }}
      />
      {seen.kinds.length === 0 && <p className={classes.none}>{t('nothingDetected')}</p>}
      {seen.kinds.includes('boxes') && (
        <Toggle
          name={words.boxes}
          count={overlay?.shapes.filter(({ kind }) => kind === 'boxes').length}
          isOff={!isOn}
          isChecked={!hiddenKinds.includes('boxes')}
          onToggle={() => onChoice({ ...choice, hiddenKinds: toggled(hiddenKinds, 'boxes') })}
        />
      )}
      <div className={classes.classes}>
        {seen.classes.map((name) => (
          <Toggle
            key={name}
            name={classText(name, t)}
            lineStyle={lineStyleOfClass(name)}
            count={overlay?.shapes.filter((shape) => shape.kind === 'boxes' && shape.class === name).length}
            isOff={!isOn || hiddenKinds.includes('boxes')}
            isChecked={!hiddenClasses.includes(name)}
            onToggle={() => onChoice({ ...choice, hiddenClasses: toggled(hiddenClasses, name) })}
          />
        ))}
      </div>
      {areas.map((kind) => (
        <Toggle
          key={kind}
          name={words[kind]}
          lineStyle={lineStyleOfKind(kind)}
          count={kind === 'warnings' ? undefined : overlay?.shapes.filter((shape) => shape.kind === kind).length}
          isOff={!isOn}
          isChecked={!hiddenKinds.includes(kind)}
          onToggle={() => onChoice({ ...choice, hiddenKinds: toggled<OverlayKind>(hiddenKinds, kind) })}
        />
      ))}
    </div>
  )
}

interface ToggleProps {
  readonly name: string
  readonly lineStyle?: LineStyle | undefined
  /** The number on the current picture. */
  readonly count: number | undefined
  readonly isOff: boolean
  readonly isChecked: boolean
  readonly onToggle: () => void
}

function Toggle({ name, lineStyle, count, isOff, isChecked, onToggle }: ToggleProps) {
  return (
    <div className={classes.toggle}>
      <Checkbox
        size="xs"
        label={
          <span className={classes.label}>
            {lineStyle && <Swatch lineStyle={lineStyle} />}
            {name}
          </span>
        }
        checked={isChecked}
        disabled={isOff}
        onChange={onToggle}
        classNames={{ body: classes.checkbox, label: classes.checkboxLabel }}
      />
      <span className={classes.count}>{count}</span>
    </div>
  )
}

/** A sample of the class's line style, with its dark halo. */
function Swatch({ lineStyle }: { lineStyle: LineStyle }) {
  return (
    <svg className={classes.swatch} width={18} height={14} viewBox="0 0 18 14" aria-hidden="true">
      <rect className={classes.swatchGround} width={18} height={14} rx={3} />
      <rect
        x={3}
        y={3}
        width={12}
        height={8}
        rx={1}
        fill="none"
        stroke={lineStyle.colour}
        strokeWidth={2}
        strokeDasharray={lineStyle.isDashed ? '3 2' : undefined}
      />
    </svg>
  )
}

function toggled<Name>(hidden: readonly Name[], name: Name): readonly Name[] {
  return hidden.includes(name) ? hidden.filter((each) => each !== name) : [...hidden, name]
}
