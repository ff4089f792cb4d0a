import { ActionIcon, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { Icon, type IconName } from '../icons.tsx'
import classes from './ListRow.module.css'

/** Things of one kind, one under the other. */
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
  /** Small words behind the name: "you", "ended". */
  readonly tags?: readonly string[]
  /** What it is, in a sentence. */
  readonly text: ReactNode
  /** What it is about: sites, streams. */
  readonly about?: ReactNode
  /** When and by whom. */
  readonly facts: readonly ReactNode[]
  /** It is there, but does nothing any more. */
  readonly isEnded?: boolean
  readonly actions: ReactNode
}

/** One thing: what it is on the left, when on the right, and what can be done with it at the end. */
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
          // biome-ignore lint/suspicious/noArrayIndexKey: a fact is known by its place
          <li key={n}>{fact}</li>
        ))}
      </ul>
      <div className={classes.actions}>{actions}</div>
    </li>
  )
}

/** Something that can be done with a row. @param name says with which: "Edit mei" */
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
