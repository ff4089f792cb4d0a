import { useTranslation } from 'react-i18next'
import { Icon } from '../../icons.tsx'
import { ListRow, RowAction } from '../ListRow.tsx'
import { Tags } from '../Tags.tsx'
import { TimeText } from '../TimeText.tsx'
import type { MachineKey } from './api.ts'
import { ALL_LABELS } from './label-patterns.ts'

interface KeyRowProps {
  readonly machineKey: MachineKey
  readonly now: number
  readonly onRevoke: () => void
}

/** One key: its scope, expiry and last use. */
export function KeyRow({ machineKey, now, onRevoke }: KeyRowProps) {
  const { t } = useTranslation('admin')
  const { name, scope, patterns, createdBy, createdAt, expiresAt, lastUsedAt } = machineKey
  const isEnded = expiresAt !== undefined && expiresAt <= now
  const isAll = patterns.includes(ALL_LABELS)
  return (
    <ListRow
      mark={<Icon name="key" />}
      name={name}
      tags={isEnded ? [t('ended')] : []}
      text={isAll ? t(`scopeAll.${scope}`) : t(`scopeSome.${scope}`)}
      about={!isAll && <Tags names={patterns} more={(count) => t('moreNames', { count })} />}
      facts={[
        lastUsedAt === undefined ? (
          t('neverUsed')
        ) : (
          <TimeText key="used" at={lastUsedAt} now={now} say={(ago) => t('used', { ago })} />
        ),
        expiresAt === undefined ? (
          t('neverEnds')
        ) : (
          <TimeText key="ends" at={expiresAt} now={now} say={(ago) => t(isEnded ? 'endedAt' : 'ends', { ago })} />
        ),
        <TimeText key="made" at={createdAt} now={now} say={(ago) => t('madeBy', { name: createdBy, ago })} />,
      ]}
      isEnded={isEnded}
      actions={<RowAction icon="trash" name={t('revokeName', { name })} onClick={onRevoke} />}
    />
  )
}
