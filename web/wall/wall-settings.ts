/** The size of the tiles: `auto` makes all of them visible at once. */
export type Density = (typeof DENSITIES)[number]

/** All densities: `auto`, then from large to small. */
export const DENSITIES = ['auto', 'large', 'medium', 'small'] as const

/** The user's filters and settings of the wall. */
export interface WallSettings {
  /** Only this label; undefined: all. */
  readonly label: string | undefined
  readonly density: Density
  /** The search words for names; "": no filter. */
  readonly search: string
  /** Whether overlays are drawn on the pictures. */
  readonly hasOverlays: boolean
  /** Shows only streams with a warning now. */
  readonly isWarningsOnly: boolean
}

const DEFAULTS: WallSettings = {
  label: undefined,
  density: 'auto',
  search: '',
  hasOverlays: true,
  isWarningsOnly: false,
}

/** Parses the settings in a URL query; missing or invalid ones get the default. */
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

/** Serializes settings for `readWallSettings`; empty for the defaults. */
export function writeWallSettings(settings: WallSettings): URLSearchParams {
  const query = new URLSearchParams()
  if (settings.label !== undefined) query.set('label', settings.label)
  if (settings.density !== DEFAULTS.density) query.set('size', settings.density)
  if (settings.search !== '') query.set('search', settings.search)
  if (!settings.hasOverlays) query.set('overlays', 'off')
  if (settings.isWarningsOnly) query.set('warnings', 'only')
  return query
}
