import { checkName, MAX_NAME_LENGTH } from '../../src/core/stream-name.ts'

/** The longer side of the pictures, in pixels. */
export const SIZES = [320, 640, 1280, 1920] as const
/** Pictures a second. */
export const RATES = [1, 5, 10, 15, 30] as const
/** JPEG quality, as browsers count it. */
export const QUALITY = { least: 0.4, most: 0.9, step: 0.05 } as const

/** What the user chose on the publish page. */
export interface PublishSettings {
  readonly label: string
  readonly key: string
  /** See camera-constraints.ts; undefined: whichever the browser gives. */
  readonly camera: string | undefined
  readonly size: number
  readonly rate: number
  readonly quality: number
}

/**
 * What is chosen before the user chooses.
 * @param device its kind, "phone"
 * @param random 0 … 1, below 1: makes the stream's name one that no other device has
 */
export function defaultSettings(device: string, random: () => number): PublishSettings {
  const suffix = Array.from({ length: 4 }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('')
  return { label: 'devices', key: `${device} ${suffix}`, camera: undefined, size: 640, rate: 10, quality: 0.7 }
}

/** Without those that look alike. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

/** What was remembered as JSON, as far as it can be used. */
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

/** What a browser's description of itself says that it runs on. */
export function deviceKind(userAgent: string, touchPoints: number): string {
  if (/iPad|Tablet/i.test(userAgent) || (/Macintosh/.test(userAgent) && touchPoints > 1)) return 'tablet'
  if (/Mobi|iPhone/i.test(userAgent)) return 'phone'
  if (/Android/i.test(userAgent)) return 'tablet'
  return 'laptop camera'
}

/** What is wrong with a label or a name; undefined: nothing. */
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
