import { randomBytes } from 'node:crypto'
import { lstat, mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { Refusal } from '../../core/errors.ts'
import type { EncodedImage, ImageType } from '../../core/payload.ts'
import { Quota, type QuotaBound, type QuotaRules } from '../../core/quota.ts'
import { PRIVILEGED, type QuotaClient } from '../../core/quota-client.ts'
import { SerialQueue } from '../../core/serial-queue.ts'
import { checkPictureBytes, readImage } from '../../wire/image-header.ts'
import { clearUnfinished, EXTENSIONS, ifMissing, readPicture, writeWhole } from './picture-file.ts'
import { TAG_LENGTH, UploadOwners } from './upload-owners.ts'

/** Settings of the uploads. */
export interface UploadRules {
  /** The folder they are stored in; created with the first upload. */
  readonly folder: string
  /** The maximum size of a picture file, in bytes. */
  readonly maxBytes: number
  /** How much all files together may take, and those of one owner, in bytes. */
  readonly space: QuotaRules
  /** Width × height in pixels: bounds the memory a browser needs to decode a picture. */
  readonly maxPixels: number
}

/** A stored picture. */
export interface Upload {
  readonly mediaType: ImageType
  /** Size in bytes. */
  readonly size: number
  /** Its bytes; once begun, they must be read to the end or given up. @throws Refusal `not_found` if removed meanwhile */
  readonly read: () => AsyncIterable<Uint8Array>
}

const MEDIA_TYPES = new Map<string | undefined, ImageType>([
  ['jpg', 'image/jpeg'],
  ['png', 'image/png'],
  ['webp', 'image/webp'],
])

/** 18 random bytes in base64url have 24 characters, of which an owner's tag takes four: 120 random bits remain. */
const RANDOM_BYTES = 18
const NAME = /^[A-Za-z0-9_-]{1,40}-([A-Za-z0-9_-]{24})\.(jpg|png|webp)$/
/** A file takes a block of the disk, however small it is. */
const MIN_FILE_BYTES = 1024

/**
 * Upload store: pictures that programs upload for others to fetch, for example LINE. A picture is public to everybody
 * who knows its name; the random part of the name is the secret (capability URL).
 */
export class Uploads {
  readonly #rules: UploadRules
  readonly #queue = new SerialQueue()
  readonly #owners: UploadOwners
  /** What the files take, by the tag of their owner; once known. */
  #space: Quota | undefined
  /** When the folder had changed last when its files were counted, ms since 1970. */
  #countedAt: number | undefined

  constructor(rules: UploadRules) {
    this.#rules = rules
    this.#owners = new UploadOwners(rules.folder)
  }

  /**
   * Stores a picture.
   * @param fileName as sent; only its letters, digits and underscores are used, and never its extension
   * @param owner in whose share it counts
   * @param check called right before the picture is there for everybody, and throws if the uploader may not any more
   * @returns the name that it is stored under
   * @throws Refusal `unsupported` when the bytes are not a complete JPEG, PNG or WebP; `too_large`; `exhausted` when
   *   the uploads take too much space; `limited` when those of the owner do
   */
  async save(fileName: string, bytes: Uint8Array, owner: QuotaClient = PRIVILEGED, check = () => {}): Promise<string> {
    const { mediaType } = this.#check(bytes)
    return this.#queue.run(async () => {
      await mkdir(this.#rules.folder, { recursive: true, mode: 0o700 })
      const tag = owner.client === undefined ? undefined : await this.#owners.tagOf(owner.client)
      const space = await this.#makeRoom(spaceOf(bytes.length), tag, owner.isPrivileged)
      const random = randomBytes(RANDOM_BYTES).toString('base64url')
      const secret = tag === undefined ? random : tag + random.slice(TAG_LENGTH)
      const name = `${stemOf(fileName)}-${secret}.${EXTENSIONS[mediaType]}`
      check()
      await writeWhole(this.#rules.folder, name, bytes, check)
      space.add(tag, spaceOf(bytes.length))
      this.#counted(await this.#changedAt())
      return name
    })
  }

  /** Finds a picture by the name that `save` returned. @throws Refusal `not_found` for any other name */
  async find(name: string): Promise<Upload> {
    const mediaType = MEDIA_TYPES.get(NAME.exec(name)?.[2])
    const path = join(this.#rules.folder, name)
    // Against path traversal: a name must match the pattern and lead to a regular file, not a symbolic link.
    const file = mediaType && (await lstat(path).catch(ifMissing))
    if (!mediaType || !file?.isFile()) throw new Refusal('not_found', 'There is no such picture')
    return { mediaType, size: file.size, read: () => readPicture(path) }
  }

  #check(bytes: Uint8Array): EncodedImage {
    const { maxBytes, maxPixels } = this.#rules
    checkPictureBytes(bytes.length, maxBytes)
    let image: EncodedImage
    try {
      image = readImage(bytes, { maxPixels: Number.POSITIVE_INFINITY, crc32 })
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

  /** @returns what the files take so far @throws Refusal when there is no room for so many bytes more */
  async #makeRoom(bytes: number, tag: string | undefined, isPrivileged: boolean): Promise<Quota> {
    const known = this.#space
    let bound = known?.exceeds(tag, bytes, isPrivileged)
    if (known && !bound) return known
    // Files may have been removed by hand.
    const space = await this.#count()
    bound = space.exceeds(tag, bytes, isPrivileged)
    if (bound) throw this.#refusal(bound, space, tag)
    return space
  }

  /** Adds up what the files take, unless the folder has not changed since. */
  async #count(): Promise<Quota> {
    const { folder, space: rules } = this.#rules
    const changedAt = await this.#changedAt()
    if (this.#space && changedAt === this.#countedAt) return this.#space
    const space = new Quota(rules)
    const names = await readdir(folder)
    await clearUnfinished(folder, names)
    for (const name of names) {
      // The key of the owners' tags.
      if (name.startsWith('.')) continue
      const file = await lstat(join(folder, name)).catch(ifMissing)
      space.add(NAME.exec(name)?.[1]?.slice(0, TAG_LENGTH), spaceOf(file?.size ?? 0))
    }
    this.#space = space
    this.#counted(changedAt)
    return space
  }

  /** What has changed up to that time is counted. What changes right after may bear the same time. */
  #counted(changedAt: number): void {
    this.#countedAt = Date.now() - changedAt < TIMESTAMP_MS ? undefined : changedAt
  }

  /** When a file was last added to the folder or removed from it, ms since 1970. */
  async #changedAt(): Promise<number> {
    return (await stat(this.#rules.folder)).mtimeMs
  }

  #refusal(bound: QuotaBound, space: Quota, tag: string | undefined): Refusal {
    const { max, share, reserved = 0 } = space.rules
    switch (bound) {
      case 'share': {
        const used = tag === undefined ? 0 : space.usedBy(tag)
        return new Refusal(
          'limited',
          `Your uploads take ${used} of ${share} bytes (uploads.bytes_per_user); some must be removed first`,
          { limit: 'uploads.bytes_per_user' },
        )
      }
      case 'open':
        return new Refusal(
          'exhausted',
          `The uploads take ${space.used} of ${max} bytes, of which ${reserved} are kept for admins and for publishers of everything (uploads.bytes_reserved); some must be removed first`,
          { limit: 'uploads.bytes_reserved' },
        )
      case 'max':
        return new Refusal(
          'exhausted',
          `The uploads take ${space.used} of ${max} bytes (uploads.max_total_bytes); some must be removed first`,
          { limit: 'uploads.max_total_bytes' },
        )
    }
  }
}

/** The steps of a folder's time of change, and some more: the kernel's clock for files goes on every 10 ms at the latest. */
const TIMESTAMP_MS = 50

/** The part of a file's name that is used in ours. */
function stemOf(fileName: string): string {
  const last = fileName.slice(0, 1000).split(/[\\/]/).at(-1) ?? ''
  const stem = last.replace(/\.[^.]*$/, '').replace(/[^A-Za-z0-9_]+/g, '-')
  return stem.replace(/^-/, '').slice(0, 40).replace(/-$/, '') || 'picture'
}

/** What a file of so many bytes counts. */
function spaceOf(bytes: number): number {
  return Math.max(bytes, MIN_FILE_BYTES)
}
