import { useTranslation } from 'react-i18next'
import { ListRow, RowAction } from '../ListRow.tsx'
import { Tags } from '../Tags.tsx'
import { TimeText } from '../TimeText.tsx'
import type { Account } from './api.ts'
import classes from './UserRow.module.css'

interface UserRowProps {
  readonly account: Account
  readonly isOwn: boolean
  readonly now: number
  readonly onEdit: () => void
  readonly onDelete: () => void
}

/** One user: role, sites and when they were last seen. */
export function UserRow({ account, isOwn, now, onEdit, onDelete }: UserRowProps) {
  const { t } = useTranslation('admin')
  const { t: access } = useTranslation('access')
  const { name, role, isActive, sites, lastSeenAt } = account
  const tags = [...(isOwn ? [t('you')] : []), ...(isActive ? [] : [t('disabled')])]
  return (
    <ListRow
      mark={<span aria-hidden="true">{[...name][0]?.toLocaleUpperCase()}</span>}
      name={name}
      tags={tags}
      text={
        <>
          <b className={classes.role}>{access(`role.${role}`)}</b> · {t(`roleText.${role}`)}
        </>
      }
      about={<Sites sites={sites} isAll={role === 'admin' || sites.includes('*')} />}
      facts={[
        lastSeenAt === undefined ? (
          t('neverSeen')
        ) : (
          <TimeText key="seen" at={lastSeenAt} now={now} say={(ago) => t('seen', { ago })} />
        ),
      ]}
      isEnded={!isActive}
      actions={
        <>
          <RowAction icon="edit" name={t('editName', { name })} onClick={onEdit} />
          <RowAction icon="trash" name={t('deleteName', { name })} onClick={onDelete} />
        </>
      }
    />
  )
}

function Sites({ sites, isAll }: { sites: readonly string[]; isAll: boolean }) {
  const { t } = useTranslation('admin')
  if (isAll) return <Tags names={[t('allSites')]} more={String} />
  if (sites.length === 0) return <p className={classes.none}>{t('noSites')}</p>
  return <Tags names={sites} more={(count) => t('moreNames', { count })} />
}
