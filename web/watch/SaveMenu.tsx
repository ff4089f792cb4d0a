import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../icons.tsx'
import { Keystroke } from './Keystroke.tsx'
import controls from './PlayerControls.module.css'

/** The props of the menu. */
export interface SaveMenuProps {
  readonly isOff: boolean
  readonly onSave: () => void
  readonly onSaveWithOverlay: () => void
}

/** A menu to save the displayed picture, original or with overlay. */
export function SaveMenu({ isOff, onSave, onSaveWithOverlay }: SaveMenuProps) {
  const { t } = useTranslation('watch')
  const [isOpen, setOpen] = useState(false)
  return (
    <Menu position="top-end" shadow="md" withinPortal={false} disabled={isOff} opened={isOpen} onChange={setOpen}>
      <Menu.Target>
        <Tooltip label={t('save')} withinPortal={false} disabled={isOpen}>
          <ActionIcon
            variant="subtle"
            color="gray"
            className={controls.press}
            aria-label={t('save')}
            aria-disabled={isOff || undefined}
          >
            <Icon name="download" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onSave} rightSection={<Keystroke keys={['S']} />}>
          {t('savePlain')}
        </Menu.Item>
        <Menu.Item onClick={onSaveWithOverlay} rightSection={<Keystroke keys={['⇧', 'S']} />}>
          {t('saveWithOverlay')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
