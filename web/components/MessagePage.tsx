import type { ReactNode } from 'react'
import { usePageTitle } from '../hooks/use-page-title.ts'
import { Logo } from './Logo.tsx'
import classes from './MessagePage.module.css'

/** What there is to say instead of pictures. */
export interface MessagePageProps {
  readonly title: string
  readonly text: string
  /** What can be done about it. */
  readonly children?: ReactNode
}

/** A page that has but one thing to say. */
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
