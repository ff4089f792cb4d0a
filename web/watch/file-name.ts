import type { Picture } from '../live/worker-protocol.ts'

const ENDINGS: Readonly<Record<string, string>> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' }

/**
 * What a saved picture is called: `<label>_<key>_<UTC time>.jpg`, so that files sort by time and any system takes them.
 * @param suffix goes before the ending
 */
export function fileName(picture: Pick<Picture, 'stream' | 'receivedAt'>, mediaType: string, suffix = ''): string {
  const { label, key } = picture.stream
  const time = new Date(picture.receivedAt).toISOString().replaceAll(/[-:]/g, '')
  return `${safe(label)}_${safe(key)}_${time}${suffix}.${ENDINGS[mediaType] ?? 'bin'}`
}

/** Letters and digits of any language stay. */
function safe(name: string): string {
  const plain = name
    .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
  return [...plain].slice(0, 60).join('') || 'picture'
}
