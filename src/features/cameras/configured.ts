import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import type { Config } from '../../config/all-settings.ts'
import { ConfigError } from '../../config/config-error.ts'
import type { CameraSettings } from '../../core/camera.ts'
import { messageOf, Refusal } from '../../core/errors.ts'
import { isSameStream } from '../../core/stream-name.ts'
import { readCameraSource } from '../../wire/camera-fields.ts'
import { isJsonObject } from '../../wire/json.ts'

/**
 * The cameras of the configuration.
 * @throws ConfigError when one of them is wrong, two are of the same stream, or there are too many
 */
export function configuredCameras({ cameras: { sources, max } }: Pick<Config, 'cameras'>): CameraSettings[] {
  const found: CameraSettings[] = []
  const problems: string[] = []
  for (const [at, source] of sources.entries()) {
    try {
      const camera = readCameraSource(withPassword(source))
      const { label, key } = camera.stream
      if (found.some(({ stream }) => isSameStream(stream, camera.stream)))
        throw new Refusal('invalid', `"${label}/${key}" is the site and name of another camera; give each its own`)
      found.push(camera)
    } catch (error) {
      problems.push(`cameras.sources[${at}]: ${messageOf(error)} (docs/cameras.md).`)
    }
  }
  if (found.length > max)
    problems.push(`cameras.sources: these are ${found.length} cameras, at most ${max} are allowed (cameras.max).`)
  if (problems.length > 0) throw new ConfigError(problems)
  return found
}

/** With the password that is in a file. @throws Refusal `invalid` */
function withPassword(source: unknown): unknown {
  if (!isJsonObject(source) || source.password_file === undefined) return source
  const { password_file: path, ...fields } = source
  if (fields.password !== undefined) throw new Refusal('invalid', 'password and password_file: give one of them')
  if (typeof path !== 'string' || !isAbsolute(path))
    throw new Refusal('invalid', 'password_file: must be the whole path of a file')
  try {
    return { ...fields, password: readFileSync(path, 'utf8').replace(/\r?\n$/, '') }
  } catch (error) {
    throw new Refusal('invalid', `password_file: cannot be read: ${messageOf(error)}`)
  }
}
