import { useTranslation } from 'react-i18next'
import type { Warning } from '../../src/wire/warnings.ts'
import { Icon } from '../icons.tsx'
import classes from './WarningList.module.css'
import { warningText } from './warning-text.ts'

/** The warnings over a picture, as texts; those beyond a few lines are counted. */
export function WarningList({ warnings, className = '' }: { warnings: readonly Warning[]; className?: string }) {
  const { t } = useTranslation()
  const more = warnings.length - MOST
  return (
    <span className={`${classes.list} ${className}`}>
      {warnings.slice(0, MOST).map((warning) => (
        <span key={warning.name} className={classes.warning}>
          <Icon name="warning" size={14} />
          <span className={classes.words}>{warningText(warning, t)}</span>
        </span>
      ))}
      {more > 0 && <span className={classes.warning}>+{more}</span>}
    </span>
  )
}

const MOST = 3
