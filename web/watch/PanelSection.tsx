import { type ReactNode, useId } from 'react'
import classes from './Panel.module.css'

/** A section of the panel with a heading. @param props.end content at the end of the heading line */
export function PanelSection({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) {
  const headId = useId()
  return (
    <section className={classes.part} aria-labelledby={headId}>
      <div className={classes.headLine}>
        <h2 id={headId} className={classes.head}>
          {title}
        </h2>
        {end}
      </div>
      {children}
    </section>
  )
}
