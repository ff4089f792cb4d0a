import { Kbd } from '@mantine/core'
import classes from './Keystroke.module.css'

/** Keys to press together, as they are called on the keyboard. */
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
