import type { Density } from './wall-settings.ts'

/** What the wall has to place. All lengths in CSS pixels. */
export interface WallFacts {
  /** Of the room there is. */
  readonly width: number
  readonly height: number
  /** Width by height of a tile. */
  readonly aspect: number
  readonly gap: number
  /** Of the line above each section; 0 if there is none. */
  readonly headHeight: number
  /** How many tiles each section has. */
  readonly sections: readonly number[]
}

/** Where the tiles stand: so many side by side, each so wide. */
export interface WallLayout {
  readonly columns: number
  /** CSS pixels. */
  readonly tileWidth: number
}

/** The least width of a tile, by density; `auto` does not go below its own to get all on the screen. */
const LEAST_WIDTH: Readonly<Record<Density, number>> = { auto: 240, large: 560, medium: 360, small: 200 }

/** Places the tiles: `auto` makes them as large as lets all be seen at once; where that is too small, one scrolls. */
export function layOut(facts: WallFacts, density: Density): WallLayout {
  const { width, gap } = facts
  const most = Math.max(1, Math.floor((width + gap) / (LEAST_WIDTH[density] + gap)))
  const filling = { columns: most, tileWidth: tileWidth(width, gap, most) }
  if (density !== 'auto') return filling
  // More columns than any section can fill would only leave room to one side.
  const filled = Math.min(most, Math.max(1, ...facts.sections))
  const fitting = Array.from({ length: filled }, (_, i) => i + 1).map((columns) => ({
    columns,
    tileWidth: Math.floor(Math.min(tileWidth(width, gap, columns), widthThatFits(facts, columns))),
  }))
  const widest = Math.max(...fitting.map(({ tileWidth }) => tileWidth))
  // With no place left empty, then side by side rather than one above the other, when it costs little.
  const [best] = fitting
    .filter(({ tileWidth }) => tileWidth >= widest * LITTLE_LESS)
    .sort((a, b) => emptyPlaces(facts, a.columns) - emptyPlaces(facts, b.columns) || b.columns - a.columns)
  // Room to one side of a few tiles is fine; tiles much smaller than they could be with scrolling are not.
  return best && best.tileWidth >= Math.min(LEAST_WIDTH.auto, width) ? best : filling
}

const LITTLE_LESS = 0.94

function tileWidth(width: number, gap: number, columns: number): number {
  return Math.max(1, Math.floor((width - gap * (columns - 1)) / columns))
}

/** How many places are left at the ends of the sections. */
function emptyPlaces({ sections }: WallFacts, columns: number): number {
  return sections.reduce((sum, tiles) => sum + Math.ceil(tiles / columns) * columns - tiles, 0)
}

/** The width of tiles with which so many columns are just as high as the room. */
function widthThatFits({ height, aspect, gap, headHeight, sections }: WallFacts, columns: number): number {
  const rows = sections.reduce((sum, tiles) => sum + Math.ceil(tiles / columns), 0)
  const gaps = gap * Math.max(0, rows - 1) + headHeight * sections.length
  return ((height - gaps) / Math.max(1, rows)) * aspect
}
