/** How an array of values is drawn: the levels that become the ends of the colour map, and the colour map. */
export interface Colouring {
  /** The name of a colour map: "viridis". */
  readonly colormap: string
  /** Values that are drawn in the first and the last colour: of each picture, fixed, or percentiles of each picture (0 to 100). */
  readonly levels:
    | 'auto'
    | { readonly min: number; readonly max: number }
    | { readonly percentiles: readonly [low: number, high: number] }
  /** Whether the scale is logarithmic. */
  readonly log: boolean
}
