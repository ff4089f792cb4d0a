import { Button, Menu } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Icon } from '../icons.tsx'
import classes from './MakersMenu.module.css'
import { MAKERS, type Maker } from './makers.ts'

/** A menu of the URLs that cameras usually have, by maker. */
export function MakersMenu({ onChoose }: { onChoose: (maker: Maker) => void }) {
  const { t } = useTranslation('cameras')
  return (
    <Menu
      position="bottom-end"
      width={336}
      shadow="md"
      withinPortal={false}
      withInitialFocusPlaceholder={false}
      returnFocus={false}
    >
      <Menu.Target>
        <Button variant="default" className={classes.button} rightSection={<Icon name="chevronDown" size={16} />}>
          {t('makers')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.menu}>
        <Menu.Label>{t('makersHint')}</Menu.Label>
        {MAKERS.map((maker) => (
          <Menu.Item key={maker.name} className={classes.item} onClick={() => onChoose(maker)}>
            <span className={classes.name}>{nameOf(maker, t)}</span>
            <span className={classes.url}>{maker.url}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function nameOf({ name }: Maker, t: (key: 'kind.mjpeg' | 'kind.snapshot') => string): string {
  return name === 'kind.mjpeg' || name === 'kind.snapshot' ? t(name) : name
}
