import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { Refusal } from '../../core/errors.ts'
import type { EncodedImage, ImageType } from '../../core/payload.ts'
import { SerialQueue } from '../../core/serial-queue.ts'
import { checkPictureBytes, readImage } from '../../wire/image-header.ts'

/** Settings of the uploads. */
export interface UploadRules {
  /** The folder they are stored in; created with the first upload. */
  readonly folder: string
  /** The maximum size of a picture file, in bytes. */
  readonly maxBytes: number
  /** The maximum total size of all files, in bytes. */
  readonly maxTotalBytes: number
  /** Width × height in pixels: bounds the memory a browser needs to decode a picture. */
  readonly maxPixels: number
}

/** A stored picture. */
export interface Upload {
  readonly mediaType: ImageType
  /** Size in bytes. */
  readonly size: number
  /** Opens its bytes as a stream, which must be read to the end or destroyed. */
  readonly read: () => Readable
}

const EXTENSIONS: Readonly<Record<ImageType, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
}
const MEDIA_TYPES = new Map<string | undefined, ImageType>([
  ['jpg', 'image/jpeg'],
  ['png', 'image/png'],
  ['webp', 'image/webp'],
])

/** 18 random bytes in base64url have 24 characters. */
const RANDOM_BYTES = 18
const NAME = /^[A-Za-z0-9_-]{1,40}-[A-Za-z0-9_-]{24}\.(jpg|png|webp)$/
const UNFINISHED = /^\.unfinished-/

/**
 * Upload store: pictures that programs upload for others to fetch, for example LINE. A picture is public to everybody
 * who knows its name; the random part of the name is the secret (capability URL).
 */
export class Uploads {
  readonly #rules: UploadRules
  readonly #queue = new SerialQueue()
  /** Total size of all files in bytes, once known. */
  #used: number | undefined

  constructor(rules: UploadRules) {
    this.#rules = rules
  }

  /**
   * Stores a picture.
   * @param fileName as sent; only its letters, digits and underscores are used, and never its extension
   * @param check called right before the picture is there for everybody, and throws if the uploader may not any more
   * @returns the name that it is stored under
   * @throws Refusal `unsupported` when the bytes are not a complete JPEG, PNG or WebP; `too_large`; `exhausted` when
   *   the uploads take too much space
   */
  async save(fileName: string, bytes: Uint8Array, check = () => {}): Promise<string> {
    const { mediaType } = this.#check(bytes)
    const name = `${stemOf(fileName)}-${randomBytes(RANDOM_BYTES).toString('base64url')}.${EXTENSIONS[mediaType]}`
    await this.#queue.run(async () => {
      await mkdir(this.#rules.folder, { recursive: true, mode: 0o700 })
      const used = await this.#makeRoom(bytes.length)
      check()
      await this.#write(name, bytes, check)
      this.#used = used + bytes.length
    })
    return name
  }

  /** Finds a picture by the name that `save` returned. @throws Refusal `not_found` for any other name */
  async find(name: string): Promise<Upload> {
    const mediaType = MEDIA_TYPES.get(NAME.exec(name)?.[1])
    const path = join(this.#rules.folder, name)
    // Against path traversal: a name must match the pattern and lead to a regular file, not a symbolic link.
    const file = mediaType && (await lstat(path).catch(ifMissing))
    if (!mediaType || !file?.isFile()) throw new Refusal('not_found', 'There is no such picture')
    return { mediaType, size: file.size, read: () => createReadStream(path) }
  }

  #check(bytes: Uint8Array): EncodedImage {
    const { maxBytes, maxPixels } = this.#rules
    checkPictureBytes(bytes.length, maxBytes)
    let image: EncodedImage
    try {
      image = readImage(bytes, { maxPixels: Number.POSITIVE_INFINITY })
    } catch (error) {
      throw error instanceof Refusal ? new Refusal('unsupported', error.message) : error
    }
    const { width, height } = image
    if (width * height > maxPixels)
      throw new Refusal(
        'too_large',
        `file: at most ${maxPixels / 1e6} megapixels, this one has ${width} × ${height} pixels`,
      )
    return image
  }

  /** @returns the total size of the files so far, in bytes */
  async #makeRoom(bytes: number): Promise<number> {
    const { maxTotalBytes } = this.#rules
    if (this.#used !== undefined && this.#used + bytes <= maxTotalBytes) return this.#used
    // Files may have been removed by hand.
    const used = await this.#count()
    this.#used = used
    if (used + bytes > maxTotalBytes)
      throw new Refusal('exhausted', `The uploads take ${used} of ${maxTotalBytes} bytes; some must be removed first`)
    return used
  }

  /**
   * Sums up the sizes. Only one write runs at a time, so unfinished files are left over from a server that was killed.
   */
  async #count(): Promise<number> {
    const { folder } = this.#rules
    let sum = 0
    for (const name of await readdir(folder)) {
      if (UNFINISHED.test(name)) await rm(join(folder, name), { force: true })
      else sum += (await lstat(join(folder, name)).catch(ifMissing))?.size ?? 0
    }
    return sum
  }

  /** Writes a temporary file and renames it, so that nobody sees a partial picture. */
  async #write(name: string, bytes: Uint8Array, check: () => void): Promise<void> {
    const unfinished = join(this.#rules.folder, `.unfinished-${name}`)
    try {
      await writeFile(unfinished, bytes, { mode: 0o600, flag: 'wx' })
      check()
      await rename(unfinished, join(this.#rules.folder, name))
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    }
  }
}

function ifMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

/** The part of a file's name that is used in ours. */
function stemOf(fileName: string): string {
  const last = fileName.slice(0, 1000).split(/[\\/]/).at(-1) ?? ''
  const stem = last.replace(/\.[^.]*$/, '').replace(/[^A-Za-z0-9_]+/g, '-')
  return stem.replace(/^-/, '').slice(0, 40).replace(/-$/, '') || 'picture'
}
