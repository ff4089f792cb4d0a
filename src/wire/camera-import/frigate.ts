import { isJsonObject } from '../json.ts'

/**
 * The addresses of a camera of Frigate (https://docs.frigate.video/configuration/cameras): `ffmpeg.inputs`, each with `path`
 * and `roles`. That which is recorded comes first, as it is the one of full quality; the one for detection is small, and one
 * for sound only is the last.
 */
export function frigateProducers(camera: unknown): string[] {
  const ffmpeg = isJsonObject(camera) ? camera.ffmpeg : undefined
  const inputs = isJsonObject(ffmpeg) && Array.isArray(ffmpeg.inputs) ? ffmpeg.inputs.filter(isJsonObject) : []
  return inputs
    .toSorted((one, other) => rankOf(one.roles) - rankOf(other.roles))
    .flatMap(({ path }) => (typeof path === 'string' ? [path] : []))
}

function rankOf(roles: unknown): number {
  const list: readonly unknown[] = Array.isArray(roles) ? roles : [roles]
  if (list.includes('record')) return 0
  if (list.includes('detect')) return 2
  return list.includes('audio') ? 3 : 1
}
