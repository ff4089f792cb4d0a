import { ActionIcon, NativeSelect, TextInput, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Icon } from '../../icons.tsx'
import classes from './AuditFilterBar.module.css'
import type { AuditFilter } from './api.ts'
import { AUDITED } from './audit-actions.ts'

interface AuditFilterBarProps {
  readonly value: AuditFilter
  readonly onChange: (some: Partial<AuditFilter>) => void
  readonly onRefresh: () => void
}

/** The filter of the audit trail. */
export function AuditFilterBar({ value, onChange, onRefresh }: AuditFilterBarProps) {
  const { t } = useTranslation('admin')
  return (
    <search className={classes.filter}>
      <TextInput
        type="search"
        aria-label={t('whoFilter')}
        placeholder={t('whoFilter')}
        leftSection={<Icon name="search" size={16} />}
        autoCapitalize="none"
        spellCheck={false}
        value={value.who}
        onChange={({ currentTarget }) => onChange({ who: currentTarget.value })}
      />
      <NativeSelect
        aria-label={t('actionFilter')}
        data={[
          { value: '', label: t('actionAll') },
          ...AUDITED.map((action) => ({ value: action, label: t(`action.${action}`) })),
        ]}
        value={value.action}
        onChange={({ currentTarget }) => onChange({ action: currentTarget.value })}
      />
      <Tooltip label={t('refresh')}>
        <ActionIcon
          className={classes.refresh}
          variant="default"
          size={36}
          aria-label={t('refresh')}
          onClick={onRefresh}
        >
          <Icon name="refresh" size={18} />
        </ActionIcon>
      </Tooltip>
    </search>
  )
}
