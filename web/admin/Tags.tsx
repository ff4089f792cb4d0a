import classes from './Tags.module.css'

interface TagsProps {
  readonly names: readonly string[]
  /** How many are shown; the others are counted. */
  readonly most?: number
  /** "and 3 more" */
  readonly more: (count: number) => string
}

/** Names beside each other, each in its frame. */
export function Tags({ names, most = 6, more }: TagsProps) {
  // One that is left over is as short as its count.
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
