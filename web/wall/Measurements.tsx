import type { Measurement } from '../live/measurements.ts'
import classes from './Measurements.module.css'

/**
 * What was measured with the picture of a tile. Screen readers find it on the watch page: in a link's name, values that change
 * all the time would be read without end.
 */
export function Measurements({ measurements }: { measurements: readonly Measurement[] }) {
  return (
    <span className={classes.measurements} aria-hidden data-part="measurements">
      {measurements.map(({ name, text }) => (
        <span key={name} className={classes.measurement}>
          <span className={classes.name}>{name}</span> {text}
        </span>
      ))}
    </span>
  )
}
