import { Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dayName } from '../../../client/time/absolute-time.ts'
import { useServerNow } from '../../live/use-server-now.ts'
import { AdminPage } from '../AdminPage.tsx'
import { EmptyList } from '../EmptyList.tsx'
import { ErrorNotice } from '../ErrorNotice.tsx'
import { AuditEntryRow } from './AuditEntryRow.tsx'
import { AuditFilterBar } from './AuditFilterBar.tsx'
import classes from './AuditPage.module.css'
import type { AuditFilter } from './api.ts'
import { groupByDay } from './group-by-day.ts'
import { useAuditTrail } from './use-audit-trail.ts'

/** `/app/audit`: the audit trail: who did what, when, from where, and what was refused. */
export default function AuditPage() {
  const { t, i18n } = useTranslation('admin')
  const [filter, setFilter] = useState<AuditFilter>({ who: '', action: '' })
  const [who] = useDebouncedValue(filter.who.trim(), 300)
  const trail = useAuditTrail(who, filter.action)
  const [isBusy, setBusy] = useState(false)
  const now = useServerNow()
  const readOlder = async () => {
    setBusy(true)
    await trail.readOlder()
    setBusy(false)
  }
  return (
    <AdminPage section="audit" loaded={trail.first}>
      <AuditFilterBar
        value={filter}
        onChange={(some) => setFilter((before) => ({ ...before, ...some }))}
        onRefresh={trail.first.reload}
      />
      {trail.entries.length === 0 && (
        <EmptyList icon="history" text={t(who !== '' || filter.action !== '' ? 'auditNotFound' : 'auditNone')} />
      )}
      {groupByDay(trail.entries).map((day) => (
        <section key={new Date(day.at).toDateString()} className={classes.day}>
          <h2>{dayName(day.at, now, i18n.language)}</h2>
          <ul className={classes.entries}>
            {day.entries.map((entry) => (
              <AuditEntryRow key={entry.id} entry={entry} />
            ))}
          </ul>
        </section>
      ))}
      {trail.failure && <ErrorNotice failure={trail.failure} />}
      {trail.hasMore && (
        <Button className={classes.older} variant="default" loading={isBusy} onClick={() => void readOlder()}>
          {t('older')}
        </Button>
      )}
    </AdminPage>
  )
}
