import { Icon, type IconName } from '../icons.tsx'
import classes from './EmptyList.module.css'

/** In a list's place, as there is nothing in it: what would be. */
export function EmptyList({ icon, text }: { icon: IconName; text: string }) {
  return (
    <div className={classes.empty}>
      <Icon name={icon} size={28} />
      <p>{text}</p>
    </div>
  )
}
