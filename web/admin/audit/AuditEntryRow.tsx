import { useTranslation } from 'react-i18next'
import { fullMoment, timeOfDay } from '../../../client/time/absolute-time.ts'
import type { StoredAuditEntry } from '../../../src/core/audit-store.ts'
import classes from './AuditEntryRow.module.css'
import { auditedOf } from './audit-actions.ts'

/** One audit entry. */
export function AuditEntryRow({ entry }: { entry: StoredAuditEntry }) {
  const { t, i18n } = useTranslation('admin')
  const { at, who, target, address, outcome, detail, count } = entry
  const action = auditedOf(entry.action)
  return (
    <li className={classes.entry} data-outcome={outcome}>
      <time dateTime={new Date(at).toISOString()} title={fullMoment(at, i18n.language)}>
        {timeOfDay(at, i18n.language)}
      </time>
      <div className={classes.what}>
        <p className={classes.action}>
          <b>{action ? t(`action.${action}`) : entry.action}</b>
          {target !== '' && <span className={classes.target}>{target}</span>}
          {(outcome !== 'ok' || count > 1) && (
            <span className={classes.end}>
              {outcome !== 'ok' && <small className={classes.outcome}>{t(`outcome.${outcome}`)}</small>}
              {count > 1 && <small title={t('times', { count })}>×{count}</small>}
            </span>
          )}
        </p>
        {detail !== '' && <p className={classes.detail}>{detail}</p>}
      </div>
      <p className={classes.who}>
        <b>{who}</b>
        <span>{address}</span>
      </p>
    </li>
  )
}
