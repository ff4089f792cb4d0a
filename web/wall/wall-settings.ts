/** How big the pictures are: `auto` as big as lets all be seen at once. */
export type Density = (typeof DENSITIES)[number]

/** From the one that looks by itself to the smallest. */
export const DENSITIES = ['auto', 'large', 'medium', 'small'] as const

/** What the user chose to see of the wall. */
export interface WallSettings {
  /** Only this label; undefined: all. */
  readonly label: string | undefined
  readonly density: Density
  /** What the names contain; "": anything. */
  readonly search: string
  /** Whether what was detected is drawn on the pictures. */
  readonly hasOverlays: boolean
  /** Only streams that warn now. */
  readonly isWarningsOnly: boolean
}

const DEFAULTS: WallSettings = {
  label: undefined,
  density: 'auto',
  search: '',
  hasOverlays: true,
  isWarningsOnly: false,
}

/** The settings in an address's query; what it does not name or names wrongly is the default. */
export function readWallSettings(query: URLSearchParams): WallSettings {
  const density = DENSITIES.find((each) => each === query.get('size'))
  return {
    label: query.get('label') || DEFAULTS.label,
    density: density ?? DEFAULTS.density,
    search: query.get('search') ?? DEFAULTS.search,
    hasOverlays: query.get('overlays') !== 'off',
    isWarningsOnly: query.get('warnings') === 'only',
  }
}

/** The query that `readWallSettings` reads back; empty for the defaults. */
export function writeWallSettings(settings: WallSettings): URLSearchParams {
  const query = new URLSearchParams()
  if (settings.label !== undefined) query.set('label', settings.label)
  if (settings.density !== DEFAULTS.density) query.set('size', settings.density)
  if (settings.search !== '') query.set('search', settings.search)
  if (!settings.hasOverlays) query.set('overlays', 'off')
  if (settings.isWarningsOnly) query.set('warnings', 'only')
  return query
}
