import { ActionIcon, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { Icon, type IconName } from '../icons.tsx'
import classes from './ListRow.module.css'

/** A list of rows. */
export function ListRows({ name, children }: { name: string; children: ReactNode }) {
  return (
    <ul className={classes.rows} aria-label={name}>
      {children}
    </ul>
  )
}

interface ListRowProps {
  readonly mark: ReactNode
  readonly name: string
  /** Badges after the name: "you", "ended". */
  readonly tags?: readonly string[]
  /** A description in a sentence. */
  readonly text: ReactNode
  /** Its sites or streams. */
  readonly about?: ReactNode
  /** Facts such as when and by whom it was created. */
  readonly facts: readonly ReactNode[]
  /** Whether it is expired or disabled. */
  readonly isEnded?: boolean
  readonly actions: ReactNode
}

/** One row: description on the left, facts on the right, actions at the end. */
export function ListRow({ mark, name, tags = [], text, about, facts, isEnded = false, actions }: ListRowProps) {
  return (
    <li className={classes.row} data-ended={isEnded}>
      <span className={classes.mark}>{mark}</span>
      <div className={classes.what}>
        <h2>
          <span>{name}</span>
          {tags.map((tag) => (
            <small key={tag}>{tag}</small>
          ))}
        </h2>
        <p>{text}</p>
        {about}
      </div>
      <ul className={classes.facts}>
        {facts.map((fact, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: facts are identified by their position
          <li key={n}>{fact}</li>
        ))}
      </ul>
      <div className={classes.actions}>{actions}</div>
    </li>
  )
}

/** An action button of a row. @param name its accessible name, including the row's: "Edit mei" */
export function RowAction({ icon, name, onClick }: { icon: IconName; name: string; onClick: () => void }) {
  return (
    <Tooltip label={name}>
      <ActionIcon
        className={classes.action}
        variant="subtle"
        color="gray"
        size={36}
        aria-label={name}
        onClick={onClick}
      >
        <Icon name={icon} size={18} />
      </ActionIcon>
    </Tooltip>
  )
}
