import { Checkbox, Input, TextInput } from '@mantine/core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SharedStream } from '../../../src/core/account-store.ts'
import { Icon } from '../../icons.tsx'
import { useStreams } from '../../live/use-feed.ts'
import classes from './StreamPicker.module.css'
import { isSelected, type Site, sitesOf, withToggled } from './stream-selection.ts'

interface StreamPickerProps {
  readonly selected: readonly SharedStream[]
  readonly error: string | undefined
  readonly onChange: (selected: SharedStream[]) => void
}

/** Selects streams and whole sites. */
export function StreamPicker({ selected, error, onChange }: StreamPickerProps) {
  const { t } = useTranslation('admin')
  const id = useId()
  const [search, setSearch] = useState('')
  const { streams } = useStreams()
  // Also shows selected streams that do not exist (any more), such as one from the URL.
  const missing = selected.filter(
    ({ label, key }) => !streams.some((one) => one.label === label && (key ?? one.key) === one.key),
  )
  const sites = sitesOf([...streams, ...missing.map(({ label, key = '' }) => ({ label, key }))], search)
  const shown = within(sites, MOST_SHOWN)
  const toggle = (stream: SharedStream) => onChange(withToggled(selected, stream))
  return (
    <Input.Wrapper
      label={t('streams')}
      description={t('streamsHint')}
      error={error}
      errorProps={{ role: 'alert' }}
      labelElement="div"
      labelProps={{ id }}
      data-wrong={error !== undefined}
    >
      <fieldset className={classes.picker} aria-labelledby={id}>
        <TextInput
          type="search"
          variant="unstyled"
          classNames={{ root: classes.search, input: classes.field }}
          aria-label={t('streamsSearch')}
          placeholder={t('streamsSearch')}
          leftSection={<Icon name="search" size={16} />}
          rightSection={
            selected.length > 0 && <span className={classes.count}>{t('chosen', { count: selected.length })}</span>
          }
          rightSectionWidth={96}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <div className={classes.list}>
          {shown.map((site) => (
            <SiteChoice key={site.label} site={site} selected={selected} onToggle={toggle} />
          ))}
          {sites.length === 0 && <p>{t(streams.length === 0 ? 'streamsNone' : 'streamsNotFound')}</p>}
          {shown.length < sites.length && <p>{t('streamsMore')}</p>}
        </div>
      </fieldset>
    </Input.Wrapper>
  )
}

/** A site and its streams, which are included when the whole site is selected. */
function SiteChoice({
  site,
  selected,
  onToggle,
}: {
  site: Site
  selected: readonly SharedStream[]
  onToggle: (stream: SharedStream) => void
}) {
  const { t } = useTranslation('admin')
  const { label, keys } = site
  const isWhole = isSelected(selected, { label })
  const isSome = !isWhole && selected.some((one) => one.label === label)
  return (
    <section>
      <Checkbox
        classNames={{
          root: classes.site,
          body: classes.line,
          inner: classes.inner,
          labelWrapper: classes.words,
          label: classes.label,
        }}
        label={
          <>
            {label} <small>{t('wholeSiteHint')}</small>
          </>
        }
        checked={isWhole}
        indeterminate={isSome}
        onChange={() => onToggle({ label })}
      />
      {keys.filter(Boolean).map((key) => (
        <Checkbox
          key={key}
          classNames={{
            root: classes.stream,
            body: classes.line,
            inner: classes.inner,
            labelWrapper: classes.words,
            label: classes.label,
          }}
          label={key}
          aria-label={`${label} / ${key}`}
          checked={isWhole || isSelected(selected, { label, key })}
          disabled={isWhole}
          onChange={() => onToggle({ label, key })}
        />
      ))}
    </section>
  )
}

/** The maximum number of streams shown; users search instead of scrolling further. */
const MOST_SHOWN = 200

/** The first sites with at most `most` streams in total; at least one site. */
function within(sites: readonly Site[], most: number): Site[] {
  let left = most
  return sites.filter(({ keys }, n) => {
    left -= keys.length
    return left >= 0 || n === 0
  })
}
