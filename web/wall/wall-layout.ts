import type { Density } from './wall-settings.ts'

/** The inputs of the layout. All lengths in CSS pixels. */
export interface WallFacts {
  /** The available width. */
  readonly width: number
  readonly height: number
  /** The aspect ratio of a tile: width / height. */
  readonly aspect: number
  readonly gap: number
  /** The height of each section's heading; 0 without headings. */
  readonly headHeight: number
  /** The number of tiles of each section. */
  readonly sections: readonly number[]
}

/** The resulting grid. */
export interface WallLayout {
  readonly columns: number
  /** CSS pixels. */
  readonly tileWidth: number
}

/** The minimum tile width by density, CSS pixels; `auto` rather scrolls than goes below it. */
const LEAST_WIDTH: Readonly<Record<Density, number>> = { auto: 240, large: 560, medium: 360, small: 200 }

/**
 * Computes the grid. `auto` makes tiles as large as possible with all of them visible; if they get too small, it
 * scrolls.
 */
export function layOut(facts: WallFacts, density: Density): WallLayout {
  const { width, gap } = facts
  const most = Math.max(1, Math.floor((width + gap) / (LEAST_WIDTH[density] + gap)))
  const filling = { columns: most, tileWidth: tileWidth(width, gap, most) }
  if (density !== 'auto') return filling
  // No more columns than the largest section has tiles.
  const filled = Math.min(most, Math.max(1, ...facts.sections))
  const fitting = Array.from({ length: filled }, (_, i) => i + 1).map((columns) => ({
    columns,
    tileWidth: Math.floor(Math.min(tileWidth(width, gap, columns), widthThatFits(facts, columns))),
  }))
  const widest = Math.max(...fitting.map(({ tileWidth }) => tileWidth))
  // Prefers grids without empty cells, then more columns, if the tiles are only a little smaller.
  const [best] = fitting
    .filter(({ tileWidth }) => tileWidth >= widest * LITTLE_LESS)
    .sort((a, b) => emptyPlaces(facts, a.columns) - emptyPlaces(facts, b.columns) || b.columns - a.columns)
  // Free space beside a few tiles is fine; tiles much smaller than with scrolling are not.
  return best && best.tileWidth >= Math.min(LEAST_WIDTH.auto, width) ? best : filling
}

const LITTLE_LESS = 0.94

function tileWidth(width: number, gap: number, columns: number): number {
  return Math.max(1, Math.floor((width - gap * (columns - 1)) / columns))
}

/** The number of empty cells at the ends of the sections. */
function emptyPlaces({ sections }: WallFacts, columns: number): number {
  return sections.reduce((sum, tiles) => sum + Math.ceil(tiles / columns) * columns - tiles, 0)
}

/** The tile width at which a grid with that many columns exactly fills the height. */
function widthThatFits({ height, aspect, gap, headHeight, sections }: WallFacts, columns: number): number {
  const rows = sections.reduce((sum, tiles) => sum + Math.ceil(tiles / columns), 0)
  const gaps = gap * Math.max(0, rows - 1) + headHeight * sections.length
  return ((height - gaps) / Math.max(1, rows)) * aspect
}
