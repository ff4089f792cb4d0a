import type { ReactNode } from 'react'
import classes from './Facts.module.css'

/** Shown instead of a value that is not known. */
export const NONE = '–'

/** A list of facts, each a name and a value. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={classes.facts}>{children}</dl>
}

/** One line of `Facts`. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt className={classes.name}>{name}</dt>
      <dd className={classes.value}>{children}</dd>
    </div>
  )
}
