/** A box of a drawing, in its own units. */
interface Box {
  readonly width: number
  readonly height: number
}

/**
 * The path of an SVG that draws a profile from left to right, the smallest value at the bottom and the largest at the top. Of
 * more values than `width` each unit has its smallest and largest, so that no peak is missed.
 * @param values null is a gap
 */
export function profilePath(values: readonly (number | null)[], { width, height }: Box): string {
  const columns = columnsOf(values, width)
  const low = Math.min(...columns.map((column) => column?.min ?? Number.POSITIVE_INFINITY))
  const high = Math.max(...columns.map((column) => column?.max ?? Number.NEGATIVE_INFINITY))
  // Halved only where their difference is not finite: half of the smallest numbers is zero.
  const unit = Number.isFinite(high - low) ? 1 : 0.5
  const heightOf = (value: number) =>
    high > low ? ((high * unit - value * unit) / (high * unit - low * unit)) * height : height / 2
  const step = columns.length > 1 ? width / (columns.length - 1) : 0
  let path = ''
  let isDrawing = false
  for (const [i, column] of columns.entries()) {
    if (column) {
      const x = short(i * step)
      path += `${isDrawing ? 'L' : 'M'}${x} ${short(heightOf(column.min))}`
      if (column.max > column.min) path += `L${x} ${short(heightOf(column.max))}`
    }
    isDrawing = column !== undefined
  }
  return path
}

interface Column {
  readonly min: number
  readonly max: number
}

/** At most `most` columns; undefined where all values are missing. */
function columnsOf(values: readonly (number | null)[], most: number): (Column | undefined)[] {
  const count = Math.min(most, values.length)
  return Array.from({ length: count }, (_, i) => {
    const [begin, end] = [Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count)]
    const numbers = values.slice(begin, end).filter((value) => value !== null)
    return numbers.length === 0
      ? undefined
      : numbers.reduce<Column>(({ min, max }, value) => ({ min: Math.min(min, value), max: Math.max(max, value) }), {
          min: Number.POSITIVE_INFINITY,
          max: Number.NEGATIVE_INFINITY,
        })
  })
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10)
}
