import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../../core/errors.ts'
import type { ImageType } from '../../core/payload.ts'

/** The extension of a picture's file name, by its media type. */
export const EXTENSIONS: Readonly<Record<ImageType, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
}

/** A file that is being written, or was when a server was killed. */
const UNFINISHED = /^\.unfinished-/

/**
 * Removes what servers left unfinished when they were killed; not what another server that uses the folder may be writing.
 * @param names of the files that are there
 */
export async function clearUnfinished(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names.filter((each) => UNFINISHED.test(each))) {
    const path = join(folder, name)
    const file = await lstat(path).catch(ifMissing)
    if (file && file.mtimeMs < Date.now() - ABANDONED_MS) await rm(path, { force: true })
  }
}

/**
 * Writes a temporary file and renames it, so that nobody sees a partial picture. Leaves nothing behind when it fails.
 * @param check called again right before the picture is there under its name; what it throws is passed on
 */
export async function writeWhole(folder: string, name: string, bytes: Uint8Array, check = () => {}): Promise<void> {
  // Several servers may use the folder.
  const unfinished = join(folder, `.unfinished-${randomUUID()}`)
  try {
    await writeFile(unfinished, bytes, { mode: 0o600, flag: 'wx' })
    check()
    await rename(unfinished, join(folder, name))
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/**
 * The bytes of a picture. Its file is opened when the first are asked for: a request that was given up before leaves
 * nothing open.
 * @throws Refusal `not_found` when the file has been removed by then
 */
export async function* readPicture(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path)
  } catch (error) {
    ifMissing(error)
    throw new Refusal('not_found', 'The picture is not kept any more.')
  }
}

/** When a file that is still unfinished will never be, ms after something was last written into it. */
const ABANDONED_MS = 60_000

/** For the `catch` of a call about a file: undefined if the file is not there. */
export function ifMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
