import { Icon, type IconName } from '../icons.tsx'
import classes from './EmptyList.module.css'

/** The empty state of a list: says what would be in it. */
export function EmptyList({ icon, text }: { icon: IconName; text: string }) {
  return (
    <div className={classes.empty}>
      <Icon name={icon} size={28} />
      <p>{text}</p>
    </div>
  )
}
