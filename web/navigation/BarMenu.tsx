import { Menu, Tooltip } from '@mantine/core'
import { type ReactElement, type ReactNode, useState } from 'react'
import classes from './BarMenu.module.css'

/** The props of a menu. */
export interface BarMenuProps {
  /** Its button. */
  readonly target: ReactElement
  /** What the button's tooltip says. */
  readonly label: string
  /** CSS pixels; default: as wide as its items. */
  readonly width?: number
  /** The items. */
  readonly children: ReactNode
}

/** A menu that opens from a button in the bar at the top of a page. */
export function BarMenu({ target, label, width, children }: BarMenuProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Menu
      position="bottom-end"
      {...(width !== undefined && { width })}
      shadow="md"
      // Inside the bar, next to its button in reading order. The first item gets the focus when it opens.
      withinPortal={false}
      withInitialFocusPlaceholder={false}
      opened={isOpen}
      onChange={setOpen}
    >
      <Menu.Target>
        <Tooltip label={label} disabled={isOpen}>
          {target}
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown className={classes.menu}>{children}</Menu.Dropdown>
    </Menu>
  )
}
