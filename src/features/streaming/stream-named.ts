import { ConfigError } from '../../config/config-error.ts'
import { messageOf } from '../../core/errors.ts'
import { checkName, type StreamName } from '../../core/stream-name.ts'

/**
 * A stream as settings name it.
 * @param setting which one it is: "streaming.camera"
 * @param name LABEL/KEY; only the key may have slashes
 * @throws ConfigError when no stream can have that name
 */
export function streamNamed(setting: string, name: string | undefined): StreamName | undefined {
  if (name === undefined) return undefined
  const slash = name.indexOf('/')
  try {
    return { label: checkName('label', name.slice(0, slash)), key: checkName('key', name.slice(slash + 1)) }
  } catch (error) {
    throw new ConfigError([`${setting}: ${messageOf(error)}`])
  }
}
