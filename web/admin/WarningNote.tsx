import { Icon } from '../icons.tsx'
import classes from './WarningNote.module.css'

/** An inline warning. */
export function WarningNote({ text }: { text: string }) {
  return (
    <p className={classes.note} role="status">
      <Icon name="warning" size={18} />
      <span>{text}</span>
    </p>
  )
}
