import { Anchor, SegmentedControl, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { streamId } from '../../src/core/stream-name.ts'
import { Icon } from '../icons.tsx'
import type { ListedCamera } from './api.ts'
import classes from './CameraList.module.css'
import { type CameraActions, CameraRow } from './CameraRow.tsx'
import { CAMERA_FILTERS, type CameraFilter, countsOf, isInTrouble, shownSites } from './camera-filter.ts'

interface CameraListProps {
  readonly cameras: readonly ListedCamera[]
  /** ms since 1970, by the server's clock. */
  readonly now: number
  /** The id of the camera that is scrolled to and gets the focus; undefined: none. */
  readonly shown: string | undefined
  /** The ids of those of which something that was asked for is being done. */
  readonly busy: ReadonlySet<string>
  /** Why something could not be done, by the id of the camera. */
  readonly failures: ReadonlyMap<string, string>
  readonly actionsOf: (camera: ListedCamera) => CameraActions
}

/** The cameras by site, with filters when there are many. */
export function CameraList({ cameras, now, shown, busy, failures, actionsOf }: CameraListProps) {
  const { t } = useTranslation('cameras')
  const [filter, setFilter] = useState<CameraFilter>('all')
  const [search, setSearch] = useState('')
  const counts = countsOf(cameras)
  const hasFilters = cameras.length >= MANY
  const sites = hasFilters ? shownSites(cameras, filter, search) : shownSites(cameras, 'all', '')
  return (
    <>
      {hasFilters && (
        <div className={classes.filters}>
          <SegmentedControl
            aria-label={t('filter')}
            className={classes.filter}
            classNames={{ label: classes.option }}
            data={CAMERA_FILTERS.map((one) => ({
              value: one,
              label: (
                <>
                  {t(`filter.${one}`)} <span className={classes.count}>{counts[one]}</span>
                </>
              ),
            }))}
            value={filter}
            onChange={setFilter}
          />
          <TextInput
            type="search"
            className={classes.search}
            aria-label={t('searchLong')}
            placeholder={t('search')}
            leftSection={<Icon name="search" size={16} />}
            value={search}
            onChange={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        </div>
      )}
      {sites.map((site) => (
        <section key={site.label} className={classes.site}>
          <header className={classes.head}>
            <h2>{site.label}</h2>
            <span>{t('count', { count: site.cameras.length })}</span>
            {site.cameras.some(isInTrouble) && (
              <span className={classes.trouble}>
                {t('inTrouble', { count: site.cameras.filter(isInTrouble).length })}
              </span>
            )}
          </header>
          <ul className={classes.rows} aria-label={site.label}>
            {site.cameras.map((camera) => {
              const id = streamId(camera)
              const { origin, counts } = camera
              return (
                <CameraRow
                  key={`${origin} ${id}`}
                  camera={camera}
                  now={now}
                  isShown={counts && id === shown}
                  isBusy={counts && busy.has(id)}
                  failure={counts ? failures.get(id) : undefined}
                  {...actionsOf(camera)}
                />
              )
            })}
          </ul>
        </section>
      ))}
      {sites.length === 0 && (
        <p className={classes.none}>
          {t('notFound')}{' '}
          <Anchor
            component="button"
            type="button"
            inherit
            underline="always"
            onClick={() => {
              setFilter('all')
              setSearch('')
            }}
          >
            {t('showAll')}
          </Anchor>
        </p>
      )}
    </>
  )
}

/** From how many cameras on there are filters. */
const MANY = 8
