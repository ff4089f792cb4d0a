import { useTranslation } from 'react-i18next'
import type { AppliedColouring } from '../../../src/core/colouring.ts'
import { numberText } from '../../live/number-text.ts'
import { ColourBar } from './ColourBar.tsx'
import classes from './Legend.module.css'

/** The props of the legend. */
export interface LegendProps {
  readonly colouring: AppliedColouring
  /** Of the values. */
  readonly unit: string | undefined
}

/** Which values the colours of the picture stand for. */
export function Legend({ colouring: { colormap, levels, log }, unit }: LegendProps) {
  const { t } = useTranslation('colours')
  const withUnit = (value: number) => (unit ? `${numberText(value)} ${unit}` : numberText(value))
  const range = { colormap, min: withUnit(levels.min), max: withUnit(levels.max) }
  return (
    <div className={classes.legend} role="img" aria-label={log ? t('legendLog', range) : t('legend', range)}>
      <ColourBar colormap={colormap} className={classes.bar} />
      <span className={classes.level}>{range.min}</span>
      <span className={classes.scale}>{log && t('log')}</span>
      <span className={classes.level}>{range.max}</span>
    </div>
  )
}
