/*
 * How the values of an array are drawn as a picture.
 */

/** The colour maps, by the names that matplotlib gave them. */
export const COLORMAPS = ['gray', 'viridis', 'inferno', 'magma', 'plasma', 'turbo', 'jet', 'hot'] as const

/** One of them. */
export type Colormap = (typeof COLORMAPS)[number]

/** The values that have the first and the last colour; what is beyond has the same. `min` is below `max`, or equal to it where all values are. */
export interface LevelRange {
  readonly min: number
  readonly max: number
}

/** Levels that follow each image: percentiles of its values, 0 to 100, the lower one first. */
export interface PercentileLevels {
  readonly percentiles: readonly [low: number, high: number]
}

/** Which values have the first and the last colour; `auto`: the smallest and the largest of each image. */
export type Levels = 'auto' | LevelRange | PercentileLevels

/** How values become colours. */
export interface Colouring {
  readonly colormap: Colormap
  readonly levels: Levels
  /** Whether the colours follow the logarithm of the values. Those of 0 and below have the first colour. */
  readonly log: boolean
}

/** A colouring with the levels that were used for one picture: all that a legend needs. */
export interface AppliedColouring extends Colouring {
  readonly levels: LevelRange
}

/** What somebody asks for; the rest is as the stream, or the server, has it. */
export type ColouringWish = { readonly [Field in keyof Colouring]?: Colouring[Field] | undefined }

/** How arrays are drawn where nobody says anything. */
export const DEFAULT_COLOURING: Colouring = { colormap: 'viridis', levels: 'auto', log: false }

/** What is asked for, and the rest as in `usual`. */
export function colouringFor(wish: ColouringWish | undefined, usual: Colouring): Colouring {
  if (!wish) return usual
  const { colormap = usual.colormap, levels = usual.levels, log = usual.log } = wish
  return { colormap, levels, log }
}

/** The same text for equal colourings: "viridis auto", "gray p1,p99 log". */
export function colouringId({ colormap, ...scale }: Colouring): string {
  return `${colormap} ${scaleId(scale)}`
}

/** The same text for colourings that give each value the same place on the way from the first colour to the last. */
export function scaleId({ levels, log }: Omit<Colouring, 'colormap'>): string {
  return log ? `${levelsText(levels)} log` : levelsText(levels)
}

/** Levels as they are written in a query: `auto`, `0,100`, `p1,p99`. */
export function levelsText(levels: Levels): string {
  if (levels === 'auto') return levels
  return 'percentiles' in levels
    ? levels.percentiles.map((percentile) => `p${percentile}`).join(',')
    : `${levels.min},${levels.max}`
}
