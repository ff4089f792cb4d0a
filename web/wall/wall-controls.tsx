import { ActionIcon, NativeSelect, SegmentedControl, Switch, TextInput, Tooltip } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../icons.tsx'
import classes from './WallBar.module.css'
import { DENSITIES, type WallSettings } from './wall-settings.ts'

interface ControlProps {
  readonly settings: WallSettings
  readonly change: (change: Partial<WallSettings>) => void
}

/** The label filter. */
export function LabelControl({ labels, settings, change }: ControlProps & { labels: readonly string[] }) {
  const { t } = useTranslation('wall')
  const known = settings.label === undefined || labels.includes(settings.label) ? labels : [settings.label, ...labels]
  return (
    <NativeSelect
      className={classes.label}
      aria-label={t('label')}
      value={settings.label ?? ''}
      onChange={({ currentTarget }) => change({ label: currentTarget.value || undefined })}
      data={[{ value: '', label: t('allLabels') }, ...known.map((label) => ({ value: label, label }))]}
    />
  )
}

/** The search field. */
export function SearchControl({ settings, change }: ControlProps) {
  const { t } = useTranslation('wall')
  const field = useRef<HTMLInputElement>(null)
  // Local state, not the URL's: that follows after rendering, and characters typed meanwhile would be lost.
  const [text, setText] = useState(settings.search)
  useEffect(() => {
    if (document.activeElement !== field.current) setText(settings.search)
  }, [settings.search])
  return (
    <TextInput
      ref={field}
      className={classes.search}
      type="search"
      placeholder={t('search')}
      aria-label={t('searchLong')}
      leftSection={<Icon name="search" size={16} />}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value)
        change({ search: currentTarget.value })
      }}
    />
  )
}

/** The tile size. */
export function DensityControl({ settings, change }: ControlProps) {
  const { t } = useTranslation('wall')
  const names = {
    auto: t('densityAuto'),
    large: t('densityLarge'),
    medium: t('densityMedium'),
    small: t('densitySmall'),
  }
  return (
    <SegmentedControl
      aria-label={t('density')}
      classNames={{ label: classes.option }}
      data={DENSITIES.map((value) => ({ value, label: names[value] }))}
      value={settings.density}
      onChange={(density) => change({ density })}
    />
  )
}

/** The overlay switch. */
export function OverlaysControl({ settings, change, isLong = false }: ControlProps & { isLong?: boolean }) {
  const { t } = useTranslation('wall')
  const { hasOverlays } = settings
  if (isLong)
    return (
      <Switch
        className={classes.long}
        label={t('overlays')}
        checked={hasOverlays}
        onChange={({ currentTarget }) => change({ hasOverlays: currentTarget.checked })}
      />
    )
  return (
    <Tooltip label={t('overlays')}>
      <ActionIcon
        variant={hasOverlays ? 'light' : 'subtle'}
        color={hasOverlays ? 'accent' : 'gray'}
        size={36}
        aria-label={t('overlays')}
        aria-pressed={hasOverlays}
        onClick={() => change({ hasOverlays: !hasOverlays })}
      >
        <Icon name="shapes" />
      </ActionIcon>
    </Tooltip>
  )
}
