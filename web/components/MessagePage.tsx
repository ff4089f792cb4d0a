import type { ReactNode } from 'react'
import { usePageTitle } from '../hooks/use-page-title.ts'
import { Logo } from './Logo.tsx'
import classes from './MessagePage.module.css'

/** The content of a message page. */
export interface MessagePageProps {
  readonly title: string
  readonly text: string
  /** Actions. */
  readonly children?: ReactNode
}

/** A page with a single message. */
export function MessagePage({ title, text, children }: MessagePageProps) {
  usePageTitle(title)
  return (
    <main className={classes.note} id="content">
      <Logo />
      <h1>{title}</h1>
      <p>{text}</p>
      {children && <div className={classes.end}>{children}</div>}
    </main>
  )
}
