/** A device, as far as its `User-Agent` tells. */
export interface Device {
  /** undefined: unknown. */
  readonly browser: string | undefined
  readonly system: string | undefined
  /** Whether it is a program, not a browser. */
  readonly isProgram: boolean
}

/** The first match counts: most browsers also name others, for compatibility. */
const BROWSERS: readonly [name: string, mark: RegExp][] = [
  ['Edge', /\bEdg(e|A|iOS)?\//],
  ['Opera', /\b(OPR|Opera)\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Chrome|Chromium|CriOS|HeadlessChrome)\//],
  ['Safari', /\bVersion\/[\d.]+.*\bSafari\//],
]

const SYSTEMS: readonly [name: string, mark: RegExp][] = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Windows', /\bWindows\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['macOS', /\bMac OS X\b|\bMacintosh\b/],
  ['Linux', /\bLinux\b|\bX11\b/],
]

/** Parses a `User-Agent`. @param agent the raw header, if any */
export function parseUserAgent(agent: string | undefined): Device {
  const words = agent ?? ''
  const browser = BROWSERS.find(([, mark]) => mark.test(words))?.[0]
  const system = SYSTEMS.find(([, mark]) => mark.test(words))?.[0]
  return { browser, system, isProgram: browser === undefined && !words.startsWith('Mozilla/') }
}
