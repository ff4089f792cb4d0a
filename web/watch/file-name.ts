import type { Picture } from '../live/worker-protocol.ts'

const ENDINGS: Readonly<Record<string, string>> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' }

/**
 * The file name of a saved picture: `<label>_<key>_<UTC time>.jpg`, which sorts by time and is valid on any system.
 * @param suffix inserted before the extension
 */
export function fileName(picture: Pick<Picture, 'stream' | 'receivedAt'>, mediaType: string, suffix = ''): string {
  const { label, key } = picture.stream
  const time = new Date(picture.receivedAt).toISOString().replaceAll(/[-:]/g, '')
  return `${safe(label)}_${safe(key)}_${time}${suffix}.${ENDINGS[mediaType] ?? 'bin'}`
}

/** Replaces unsafe characters; letters and digits of any language are kept. */
function safe(name: string): string {
  const plain = name
    .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
  return [...plain].slice(0, 60).join('') || 'picture'
}
