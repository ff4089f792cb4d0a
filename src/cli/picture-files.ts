import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { messageOf } from '../core/errors.ts'
import { naturalOrder } from '../core/name-order.ts'
import { isJsonObject } from '../wire/json.ts'
import { UsageError } from './usage-error.ts'

/** A picture to publish, with the header fields from its metadata file. */
export interface PictureFile {
  readonly path: string
  readonly bytes: Uint8Array
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * Reads pictures and their metadata (`NAME.json` beside a picture). Folders are read in natural order of file names.
 * @param cwd the folder that paths are relative to
 * @throws UsageError if a path does not exist, a folder has no pictures, or metadata is not a JSON object
 */
export function readPictures(paths: readonly string[], cwd: string): PictureFile[] {
  const found = paths.flatMap((path) => pathsOf(path, cwd))
  return found.map((path) => ({ path, bytes: readFileSync(resolve(cwd, path)), fields: fieldsOf(path, cwd) }))
}

/** The picture files below a path, as typed, for messages. */
function pathsOf(path: string, cwd: string): string[] {
  const place = resolve(cwd, path)
  if (!existsSync(place)) throw new UsageError(`${path} does not exist.`)
  if (!statSync(place).isDirectory()) return [path]
  const names = readdirSync(place).filter((name) => TYPES.has(extname(name).toLowerCase()))
  if (names.length === 0) throw new UsageError(`${path} has no pictures (${[...TYPES].join(', ')}).`)
  return names.sort(naturalOrder('en')).map((name) => join(path, name))
}

const TYPES = new Set(['.jpg', '.jpeg', '.png', '.webp'])

/** The header fields from a metadata file: the detection hub's own fields, everything else in `metadata_json`. */
function fieldsOf(path: string, cwd: string): Record<string, unknown> {
  const jsonPath = join(path, '..', `${basename(path, extname(path))}.json`)
  if (!existsSync(resolve(cwd, jsonPath))) return {}
  const { width, height, ...given } = readObject(jsonPath, cwd)
  const fields: Record<string, unknown> = {}
  const metadata: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    const plain = name.replace(/_json$/, '')
    if (ANNOTATIONS.has(plain)) fields[`${plain}_json`] = typeof value === 'string' ? value : JSON.stringify(value)
    else metadata[name] = value
  }
  return { ...fields, width, height, metadata_json: JSON.stringify(metadata) }
}

const ANNOTATIONS = new Set(['warnings', 'cone_polygons', 'pole_polygons', 'detection_items'])

function readObject(path: string, cwd: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(resolve(cwd, path), 'utf8'))
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${messageOf(error)}`)
  }
  if (!isJsonObject(value)) throw new UsageError(`${path} must hold a JSON object.`)
  return value
}
