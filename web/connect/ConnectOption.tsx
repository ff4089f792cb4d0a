import type { ReactNode } from 'react'
import { Icon, type IconName } from '../icons.tsx'
import classes from './ConnectOption.module.css'

interface ConnectOptionProps {
  readonly icon: IconName
  readonly title: string
  readonly text: string
  /** The buttons. */
  readonly children: ReactNode
}

/** One way to connect a stream. */
export function ConnectOption({ icon, title, text, children }: ConnectOptionProps) {
  return (
    <section className={classes.way}>
      <span className={classes.icon}>
        <Icon name={icon} size={22} />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      <div className={classes.end}>{children}</div>
    </section>
  )
}
