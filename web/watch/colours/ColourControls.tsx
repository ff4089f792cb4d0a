import { Button, NativeSelect, Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { AppliedColouring, ColouringWish, Levels } from '../../../src/core/colouring.ts'
import { ColormapChoice } from './ColormapChoice.tsx'
import classes from './ColourControls.module.css'
import { LevelFields } from './LevelFields.tsx'
import { rangeToBeginWith } from './level-draft.ts'

/** The props of the controls. */
export interface ColourProps {
  /** That of the picture. */
  readonly colouring: AppliedColouring
  /** What the user has chosen; the rest is as the stream has it. */
  readonly wish: ColouringWish | undefined
  readonly onWish: (wish: ColouringWish | undefined) => void
}

/** Colour map, levels and scale by hand. */
export function ColourControls({ colouring, wish, onWish }: ColourProps) {
  const { t } = useTranslation('colours')
  const { levels } = wish ?? {}
  const { colormap, log } = { ...colouring, ...wish }
  const change = (part: ColouringWish) => onWish(withoutGaps({ ...wish, ...part }))
  const changeLog = (isLog: boolean) => {
    const needsOthers = isLog && typeof levels === 'object' && 'min' in levels && levels.min <= 0
    change({ log: isLog, levels: needsOthers ? 'auto' : levels })
  }
  return (
    <div className={classes.controls}>
      <ColormapChoice value={colormap} onChange={(next) => change({ colormap: next })} />
      <NativeSelect
        label={t('levels')}
        value={kindOf(levels)}
        onChange={({ currentTarget }) => {
          const kind = KINDS.find((each) => each === currentTarget.value) ?? 'usual'
          change({ levels: beginWith(kind, { ...colouring, log }) })
        }}
        data={KINDS.map((kind) => ({ value: kind, label: t(`levels.${kind}`) }))}
      />
      {typeof levels === 'object' && (
        <LevelFields key={kindOf(levels)} levels={levels} log={log} onChange={(next) => change({ levels: next })} />
      )}
      <Switch
        label={t('logarithmic')}
        labelPosition="left"
        checked={log}
        onChange={({ currentTarget }) => changeLog(currentTarget.checked)}
        classNames={{ body: classes.switch, labelWrapper: classes.switchLabel }}
      />
      {wish && (
        <Button variant="default" size="compact-sm" className={classes.reset} onClick={() => onWish(undefined)}>
          {t('reset')}
        </Button>
      )}
    </div>
  )
}

/** How levels are found; `usual`: as the stream has it. */
const KINDS = ['usual', 'auto', 'percentiles', 'range'] as const
type Kind = (typeof KINDS)[number]

function kindOf(levels: Levels | undefined): Kind {
  if (typeof levels !== 'object') return levels ?? 'usual'
  return 'percentiles' in levels ? 'percentiles' : 'range'
}

function beginWith(kind: Kind, colouring: AppliedColouring): Levels | undefined {
  if (kind === 'usual') return undefined
  if (kind === 'auto') return kind
  return kind === 'percentiles' ? { percentiles: [1, 99] } : rangeToBeginWith(colouring)
}

/** The same without what is not chosen; undefined if nothing is. */
function withoutGaps({ colormap, levels, log }: ColouringWish): ColouringWish | undefined {
  if (colormap === undefined && levels === undefined && log === undefined) return undefined
  return { ...(colormap && { colormap }), ...(levels && { levels }), ...(log !== undefined && { log }) }
}
