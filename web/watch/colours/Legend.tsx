import { useTranslation } from 'react-i18next'
import type { AppliedColouring } from '../../../src/core/colouring.ts'
import { numberText } from '../../live/number-text.ts'
import { ColourBar } from './ColourBar.tsx'
import classes from './Legend.module.css'

/** Which values the colours of the picture stand for. */
export function Legend({ colouring: { colormap, levels, log } }: { colouring: AppliedColouring }) {
  const { t } = useTranslation('colours')
  const range = { colormap, min: numberText(levels.min), max: numberText(levels.max) }
  return (
    <div className={classes.legend} role="img" aria-label={log ? t('legendLog', range) : t('legend', range)}>
      <ColourBar colormap={colormap} className={classes.bar} />
      <span className={classes.level}>{range.min}</span>
      <span className={classes.scale}>{log && t('log')}</span>
      <span className={classes.level}>{range.max}</span>
    </div>
  )
}
