import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Units } from '../../src/core/instrument.ts'
import type { Json } from '../../src/core/json.ts'
import { Icon } from '../icons.tsx'
import { unitIn } from '../instruments/instrument-status.ts'
import classes from './MetadataTree.module.css'
import { type MetadataRow, MOST_ROWS, metadataRows } from './metadata-rows.ts'
import { ProfileValue } from './ProfileValue.tsx'

/** Longer texts are truncated until expanded; even then extremely long ones are. */
const LONG_TEXT = 120
const LONGEST_TEXT = 20_000

/** The props of the tree. */
export interface MetadataTreeProps {
  readonly entries: readonly (readonly [string, Json])[]
  /** Of the numbers and profiles at the top, by their names. */
  readonly units?: Units | undefined
}

/** A collapsible tree of JSON values. What is expanded is remembered by path, from picture to picture. */
export function MetadataTree({ entries, units }: MetadataTreeProps) {
  const { t } = useTranslation('watch')
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const rows = useMemo(() => metadataRows(entries, toggled), [entries, toggled])
  const toggle = (path: string) =>
    setToggled((before) => {
      const after = new Set(before)
      if (!after.delete(path)) after.add(path)
      return after
    })
  return (
    <div className={classes.tree} data-testid="metadata">
      {rows.map((row) =>
        row.kind === 'group' ? (
          <button
            key={row.path}
            type="button"
            className={`${classes.row} ${classes.group}`}
            data-depth={Math.min(row.depth, MOST_INDENTED)}
            aria-expanded={row.isOpen}
            onClick={() => toggle(row.path)}
          >
            <Icon name={row.isOpen ? 'chevronDown' : 'chevronRight'} size={14} />
            <span className={classes.groupName}>{row.name}</span>
            <span className={classes.size}>{row.text}</span>
          </button>
        ) : (
          <div key={row.path} className={classes.row} data-depth={Math.min(row.depth, MOST_INDENTED)}>
            <span className={classes.name}>{row.name}</span>
            <Value
              row={row}
              unit={row.depth === 0 ? unitIn(units, row.name) : undefined}
              isOpen={toggled.has(row.path)}
              onToggle={() => toggle(row.path)}
            />
          </div>
        ),
      )}
      {rows.length >= MOST_ROWS && <p className={classes.size}>{t('moreRows', { count: MOST_ROWS })}</p>}
    </div>
  )
}

/** The maximum indentation depth. */
const MOST_INDENTED = 6

interface ValueProps {
  readonly row: MetadataRow
  readonly unit: string | undefined
  readonly isOpen: boolean
  readonly onToggle: () => void
}

function Value({ row, unit, isOpen, onToggle }: ValueProps) {
  const { t } = useTranslation('watch')
  if (row.profile) return <ProfileValue profile={row.profile} unit={unit} />
  const isLong = row.text.length > LONG_TEXT
  const text = row.text.slice(0, isOpen ? LONGEST_TEXT : LONG_TEXT)
  return (
    <span className={classes.value} data-kind={row.kind} title={row.exact === row.text ? undefined : row.exact}>
      {text}
      {row.kind === 'number' && unit && <span className={classes.size}> {unit}</span>}
      {isLong && (
        <>
          {text.length < row.text.length ? '… ' : ' '}
          <button type="button" className={classes.more} aria-expanded={isOpen} onClick={onToggle}>
            {isOpen ? t('less') : t('more')}
          </button>
        </>
      )}
    </span>
  )
}
