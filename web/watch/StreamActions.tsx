import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { StreamName } from '../../src/core/stream-name.ts'
import { Icon } from '../icons.tsx'
import { BarMenu } from '../navigation/BarMenu.tsx'
import { PATHS } from '../paths.ts'

/** The props of the actions. */
export interface StreamActionsProps {
  readonly stream: StreamName
  /** Shows one button with a menu instead of a button for each action. */
  readonly isNarrow: boolean
  readonly onRemove: () => void
}

/** What admins can do with a stream: share it by a link, remove it. */
export function StreamActions({ stream, isNarrow, onRemove }: StreamActionsProps) {
  const { t } = useTranslation('watch')
  const name = `${encodeURIComponent(stream.label)}/${encodeURIComponent(stream.key)}`
  const sharePath = `${PATHS.links}?stream=${encodeURIComponent(name)}`
  const button = { variant: 'subtle', color: 'gray', size: 36 } as const
  return isNarrow ? (
    <BarMenu
      label={t('manage')}
      target={
        <ActionIcon {...button} aria-label={t('manage')}>
          <Icon name="edit" />
        </ActionIcon>
      }
    >
      <Menu.Item component={Link} to={sharePath} leftSection={<Icon name="share" size={18} />}>
        {t('share')}
      </Menu.Item>
      <Menu.Item onClick={onRemove} leftSection={<Icon name="trash" size={18} />}>
        {t('remove')}
      </Menu.Item>
    </BarMenu>
  ) : (
    <>
      <Tooltip label={t('share')}>
        <ActionIcon {...button} component={Link} to={sharePath} aria-label={t('share')}>
          <Icon name="share" />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t('remove')}>
        <ActionIcon {...button} aria-label={t('remove')} onClick={onRemove}>
          <Icon name="trash" />
        </ActionIcon>
      </Tooltip>
    </>
  )
}
