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
  /** Where they are kept; made at the first one. */
  readonly folder: string
  /** The largest picture, in bytes. */
  readonly maxBytes: number
  /** How much all of them may take together, in bytes. */
  readonly maxTotalBytes: number
  /** Width times height, in pixels: what a picture would take once a browser decodes it. */
  readonly maxPixels: number
}

/** A picture as it is given out. */
export interface Upload {
  readonly mediaType: ImageType
  /** Bytes. */
  readonly size: number
  /** Its bytes, to be read to their end or destroyed. */
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
 * Pictures that programs put down here for others to fetch, LINE among them. Whoever knows a name may have the picture:
 * the random part of it is the key.
 */
export class Uploads {
  readonly #rules: UploadRules
  readonly #queue = new SerialQueue()
  /** Bytes of all files, as far as it is known. */
  #used: number | undefined

  constructor(rules: UploadRules) {
    this.#rules = rules
  }

  /**
   * Keeps a picture.
   * @param fileName what its sender calls it; only letters and digits of it are kept, and never its type
   * @returns the name that it has here
   * @throws Refusal `unsupported` when its bytes are no whole JPEG, PNG or WebP; `too_large`; `exhausted`
   */
  async save(fileName: string, bytes: Uint8Array): Promise<string> {
    const { mediaType } = this.#check(bytes)
    const name = `${stemOf(fileName)}-${randomBytes(RANDOM_BYTES).toString('base64url')}.${EXTENSIONS[mediaType]}`
    await this.#queue.run(async () => {
      await mkdir(this.#rules.folder, { recursive: true, mode: 0o700 })
      const used = await this.#makeRoom(bytes.length)
      await this.#write(name, bytes)
      this.#used = used + bytes.length
    })
    return name
  }

  /** @throws Refusal `not_found` when there is none of that name, or it is no name that `save` gives */
  async find(name: string): Promise<Upload> {
    const mediaType = MEDIA_TYPES.get(NAME.exec(name)?.[1])
    const path = join(this.#rules.folder, name)
    // Against path traversal: a name leads to a file that was put down here, through no link.
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

  /** @returns how many bytes there are already */
  async #makeRoom(bytes: number): Promise<number> {
    const { maxTotalBytes } = this.#rules
    if (this.#used !== undefined && this.#used + bytes <= maxTotalBytes) return this.#used
    // Somebody may have removed some by hand.
    const used = await this.#count()
    this.#used = used
    if (used + bytes > maxTotalBytes)
      throw new Refusal('exhausted', `The uploads take ${used} of ${maxTotalBytes} bytes; some must be removed first`)
    return used
  }

  /** Only one write is under way, so what is unfinished is of a server that was killed. */
  async #count(): Promise<number> {
    const { folder } = this.#rules
    let sum = 0
    for (const name of await readdir(folder)) {
      if (UNFINISHED.test(name)) await rm(join(folder, name), { force: true })
      else sum += (await lstat(join(folder, name)).catch(ifMissing))?.size ?? 0
    }
    return sum
  }

  /** Nobody ever sees half a picture. */
  async #write(name: string, bytes: Uint8Array): Promise<void> {
    const unfinished = join(this.#rules.folder, `.unfinished-${name}`)
    try {
      await writeFile(unfinished, bytes, { mode: 0o600, flag: 'wx' })
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

/** What of a file's name may be part of ours. */
function stemOf(fileName: string): string {
  const last = fileName.slice(0, 1000).split(/[\\/]/).at(-1) ?? ''
  const stem = last.replace(/\.[^.]*$/, '').replace(/[^A-Za-z0-9_]+/g, '-')
  return stem.replace(/^-/, '').slice(0, 40).replace(/-$/, '') || 'picture'
}
