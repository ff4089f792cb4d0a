import { ActionIcon, Popover, Tooltip, VisuallyHidden } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { Icon } from '../icons.tsx'
import classes from './WallBar.module.css'
import { DensityControl, LabelControl, OverlaysControl, SearchControl } from './wall-controls.tsx'
import type { WallSettings } from './wall-settings.ts'

/** The props of the bar. */
export interface WallBarProps {
  readonly labels: readonly string[]
  /** The number of streams with a warning now. */
  readonly warnings: number
  readonly settings: WallSettings
  readonly change: (change: Partial<WallSettings>) => void
}

/** The wall's filters and settings: label, search, size; on a narrow screen in a menu. */
export function WallBar({ labels, warnings, settings, change }: WallBarProps) {
  const { t } = useTranslation('wall')
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const own = { settings, change }
  const warningsLabel = settings.isWarningsOnly ? t('showAll') : t('warningsOnly', { count: warnings })
  const warningsButton = (warnings > 0 || settings.isWarningsOnly) && (
    <Tooltip label={warningsLabel}>
      <button
        type="button"
        className={classes.warnings}
        aria-pressed={settings.isWarningsOnly}
        onClick={() => change({ isWarningsOnly: !settings.isWarningsOnly })}
      >
        <Icon name="warning" size={18} />
        {warnings} <VisuallyHidden>{warningsLabel}</VisuallyHidden>
      </button>
    </Tooltip>
  )
  if (!isNarrow)
    return (
      <>
        {labels.length > 1 && <LabelControl labels={labels} {...own} />}
        <SearchControl {...own} />
        <span className={classes.spring} />
        {warningsButton}
        <OverlaysControl {...own} />
        <DensityControl {...own} />
      </>
    )
  return (
    <>
      {labels.length > 1 ? <LabelControl labels={labels} {...own} /> : <span className={classes.spring} />}
      {warningsButton}
      <Popover position="bottom-end" shadow="md" trapFocus width="min(340px, calc(100vw - 24px))">
        <Popover.Target>
          <ActionIcon variant="subtle" color="gray" size={40} aria-label={t('options')}>
            <Icon name="search" />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown className={classes.options} aria-label={t('options')}>
          <SearchControl {...own} />
          <DensityControl {...own} />
          <OverlaysControl {...own} isLong />
        </Popover.Dropdown>
      </Popover>
    </>
  )
}
