import classes from './Tags.module.css'

interface TagsProps {
  readonly names: readonly string[]
  /** The maximum shown; the rest is counted. */
  readonly most?: number
  /** "and 3 more" */
  readonly more: (count: number) => string
}

/** A list of names as tags. */
export function Tags({ names, most = 6, more }: TagsProps) {
  // A single remaining tag takes no more room than "and 1 more".
  const shown = names.length > most + 1 ? names.slice(0, most) : names
  return (
    <ul className={classes.tags}>
      {shown.map((name) => (
        <li key={name}>{name}</li>
      ))}
      {shown.length < names.length && <li data-more>{more(names.length - shown.length)}</li>}
    </ul>
  )
}
