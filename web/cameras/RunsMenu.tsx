import { Button, Menu } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CAMERA_RUNS, type CameraRuns } from '../../src/core/camera.ts'
import { Icon } from '../icons.tsx'
import classes from './RunsMenu.module.css'

interface RunsMenuProps {
  /** The camera's name. */
  readonly name: string
  readonly runs: CameraRuns
  readonly isBusy: boolean
  readonly onChange: (runs: CameraRuns) => void
}

/** Starts and stops a camera: when it runs, with what that costs. */
export function RunsMenu({ name, runs, isBusy, onChange }: RunsMenuProps) {
  const { t } = useTranslation('cameras')
  return (
    <Menu position="bottom-end" width={304} shadow="md" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button
          variant="default"
          className={classes.button}
          loading={isBusy}
          rightSection={<Icon name="chevronDown" size={16} />}
          aria-label={t('runsOf', { name, runs: t(`runs.${runs}`) })}
        >
          {t(`runs.${runs}`)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {CAMERA_RUNS.map((one) => (
          <Menu.RadioItem
            key={one}
            value={one}
            checked={one === runs}
            checkIcon={<Icon name="check" size={18} />}
            closeMenuOnClick
            className={classes.item}
            onChange={() => {
              if (one !== runs) onChange(one)
            }}
          >
            <span className={classes.name}>{t(`runs.${one}`)}</span>
            <span className={classes.text}>{t(`runsText.${one}`)}</span>
          </Menu.RadioItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
