import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { messageOf } from '../core/errors.ts'
import { naturalOrder } from '../core/name-order.ts'
import { isJsonObject, withoutNonNumbers } from '../wire/json.ts'
import { jsonFields } from '../wire/json-fields.ts'
import { textOf } from '../wire/utf8.ts'
import { UsageError } from './usage-error.ts'

/** A picture to publish, with the header fields from its metadata file. */
export interface PictureFile {
  readonly path: string
  readonly bytes: Uint8Array
  readonly fields: Readonly<Record<string, unknown>>
}

/** What is to be published. */
export interface PicturesToPublish {
  readonly pictures: readonly PictureFile[]
  /** What was found in a folder and cannot be read, each in a sentence. */
  readonly leftOut: readonly string[]
}

/**
 * Reads pictures and their metadata (`NAME.json` beside a picture). Folders are read in natural order of file names; what
 * in them is no file, or cannot be read, is left out.
 * @param cwd the folder that paths are relative to
 * @throws UsageError if a path cannot be read, a folder has no pictures, or metadata is not a JSON object
 */
export function readPictures(paths: readonly string[], cwd: string): PicturesToPublish {
  const pictures: PictureFile[] = []
  const leftOut: string[] = []
  const add = (path: string) => pictures.push({ path, bytes: bytesOf(path, cwd), fields: fieldsOf(path, cwd) })
  for (const path of paths) {
    if (!isFolder(path, cwd)) {
      add(path)
      continue
    }
    const before = pictures.length
    for (const each of picturesIn(path, cwd)) {
      try {
        add(each)
      } catch (error) {
        if (!(error instanceof UnreadableError)) throw error
        leftOut.push(error.message)
      }
    }
    if (pictures.length === before)
      throw new UsageError([...leftOut, `${path} has no pictures (${[...TYPES].join(', ')}).`].join('\n'))
  }
  return { pictures, leftOut }
}

/** A path that is no file, or cannot be read. */
class UnreadableError extends UsageError {}

/** @throws UsageError if there is nothing, or nobody may look */
function isFolder(path: string, cwd: string): boolean {
  try {
    return statSync(resolve(cwd, path)).isDirectory()
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** The paths of the pictures in a folder, as typed, for messages. */
function picturesIn(folder: string, cwd: string): string[] {
  try {
    const names = readdirSync(resolve(cwd, folder)).filter((name) => TYPES.has(extname(name).toLowerCase()))
    return names.sort(naturalOrder('en')).map((name) => join(folder, name))
  } catch (error) {
    throw unreadable(folder, error)
  }
}

/** @throws UnreadableError */
function bytesOf(path: string, cwd: string): Uint8Array {
  try {
    return readFileSync(resolve(cwd, path))
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** @param error of the file system */
function unreadable(path: string, error: unknown): UnreadableError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EISDIR') return new UnreadableError(`${path} is a folder, not a picture.`)
  if (code === 'ENOENT') return new UnreadableError(`${path} does not exist.`)
  return new UnreadableError(`${path} cannot be read: ${messageOf(error)}`)
}

const TYPES = new Set(['.jpg', '.jpeg', '.png', '.webp'])

/** The header fields from a metadata file: the detection hub's own fields, everything else in `metadata_json`. */
function fieldsOf(path: string, cwd: string): Record<string, unknown> {
  const jsonPath = join(path, '..', `${basename(path, extname(path))}.json`)
  if (!existsSync(resolve(cwd, jsonPath))) return {}
  const { text, value } = readObject(jsonPath, cwd)
  const fields: Record<string, unknown> = {}
  const metadata: string[] = []
  for (const [name, sent] of jsonFields(text)) {
    const plain = name.replace(/_json$/, '')
    const given = value[name]
    if (ANNOTATIONS.has(plain)) fields[`${plain}_json`] = typeof given === 'string' ? given : sent
    else if (name === 'width' || name === 'height') fields[name] = given
    else metadata.push(`${JSON.stringify(name)}:${sent}`)
  }
  // As texts, to the digit.
  return { ...fields, metadata_json: `{${metadata.join()}}` }
}

const ANNOTATIONS = new Set(['warnings', 'cone_polygons', 'pole_polygons', 'detection_items'])

function readObject(path: string, cwd: string): { text: string; value: Readonly<Record<string, unknown>> } {
  let text: string
  let value: unknown
  try {
    text = textOf(path, readFileSync(resolve(cwd, path)))
    // The server is told what Python writes, and says what it makes of it.
    value = JSON.parse(withoutNonNumbers(text))
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${messageOf(error)}`)
  }
  if (!isJsonObject(value)) throw new UsageError(`${path} must hold a JSON object.`)
  return { text, value }
}
