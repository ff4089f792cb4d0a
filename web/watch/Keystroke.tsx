import { Kbd } from '@mantine/core'
import classes from './Keystroke.module.css'

/** A key combination, with the names on the keyboard. */
export function Keystroke({ keys }: { keys: readonly string[] }) {
  return (
    <span className={classes.keys}>
      {keys.map((key) => (
        <Kbd key={key} size="xs">
          {key}
        </Kbd>
      ))}
    </span>
  )
}
