import { checkName, MAX_NAME_LENGTH } from '../../src/core/stream-name.ts'

/** The selectable sizes: the longer side in pixels. */
export const SIZES = [320, 640, 1280, 1920] as const
/** The selectable rates, pictures per second. */
export const RATES = [1, 5, 10, 15, 30] as const
/** The range of JPEG quality, as in `convertToBlob` (0 to 1). */
export const QUALITY = { least: 0.4, most: 0.9, step: 0.05 } as const

/** The user's settings on the publish page. */
export interface PublishSettings {
  readonly label: string
  readonly key: string
  /** A `CameraChoice` id; undefined: the browser's default. */
  readonly camera: string | undefined
  readonly size: number
  readonly rate: number
  readonly quality: number
}

/**
 * The default settings.
 * @param device the kind of device, "phone"
 * @param random returns 0 to below 1; makes the stream's name unique
 */
export function defaultSettings(device: string, random: () => number): PublishSettings {
  const suffix = Array.from({ length: 4 }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('')
  return { label: 'devices', key: `${device} ${suffix}`, camera: undefined, size: 640, rate: 10, quality: 0.7 }
}

/** Letters and digits that do not look alike. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Parses stored settings (JSON); invalid values get the default. */
export function readPublishSettings(text: string | undefined, defaults: PublishSettings): PublishSettings {
  const stored = parsed(text)
  const { label, key, camera, size, rate, quality } = stored
  return {
    label: isName(label) ? label : defaults.label,
    key: isName(key) ? key : defaults.key,
    camera: typeof camera === 'string' ? camera : defaults.camera,
    size: SIZES.find((each) => each === size) ?? defaults.size,
    rate: RATES.find((each) => each === rate) ?? defaults.rate,
    quality:
      typeof quality === 'number' && quality >= QUALITY.least && quality <= QUALITY.most ? quality : defaults.quality,
  }
}

/** The kind of device, by the `User-Agent`. */
export function deviceKind(userAgent: string, touchPoints: number): string {
  if (/iPad|Tablet/i.test(userAgent) || (/Macintosh/.test(userAgent) && touchPoints > 1)) return 'tablet'
  if (/Mobi|iPhone/i.test(userAgent)) return 'phone'
  if (/Android/i.test(userAgent)) return 'tablet'
  return 'laptop camera'
}

/** Validates a label or a key. @returns an i18n key of the problem; undefined if valid */
export function nameProblem(name: string): 'nameEmpty' | 'nameLong' | 'nameCharacters' | undefined {
  if (name.trim() === '') return 'nameEmpty'
  if ([...name].length > MAX_NAME_LENGTH) return 'nameLong'
  return isName(name) ? undefined : 'nameCharacters'
}

function isName(name: unknown): name is string {
  try {
    checkName('name', name)
    return true
  } catch {
    return false
  }
}

function parsed(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
