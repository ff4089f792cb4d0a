import { createHash, randomInt } from 'node:crypto'
import { lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, every, inTime } from '../../core/clock.ts'
import type { Counters } from '../../core/counters.ts'
import type { EventPicture } from '../../core/event.ts'
import { type BufferedEvent, EventBuffer } from '../../core/event-buffer.ts'
import type { EventPictures, PictureOwner, StoredPicture } from '../../core/event-pictures.ts'
import { type FrameId, isFrameId, nextFrameId, parseFrameId } from '../../core/frame-id.ts'
import type { Log } from '../../core/log.ts'
import type { EncodedImage } from '../../core/payload.ts'
import { Quota } from '../../core/quota.ts'
import { Retention } from '../../core/retention.ts'
import { SerialQueue } from '../../core/serial-queue.ts'
import { freeBytes } from './free-bytes.ts'
import { clearUnfinished, EXTENSIONS, ifMissing, readPicture, writeWhole } from './picture-file.ts'

/** Settings of the pictures of events. */
export interface EventPictureRules {
  /** The folder they are stored in; created with the first one. */
  readonly folder: string
  /** How much they may take together, in bytes. */
  readonly bytes: number
  /** For how long they are kept, in ms. */
  readonly age: number
  /** How much memory pictures that wait for the disk may take, in bytes; half of it those of one publisher. */
  readonly waitingBytes: number
  /** None is stored while less of the disk is free, in bytes: the events need that. */
  readonly freeBytes: number
}

/** What the store needs. */
export interface EventPictureParts {
  readonly clock: Clock
  readonly log: Log
  readonly counters: Pick<Counters, 'limited'>
  readonly rules: EventPictureRules
  /** How many bytes are free where a folder is; default: what the system says. */
  readonly freeBytesOf?: (folder: string) => Promise<number>
}

/** A stored picture: like an event, it counts for a publisher and a label. */
interface StoredFile extends BufferedEvent {
  readonly name: string
}

/**
 * The pictures of events, as files. A file's name says all that has to be known of it: its place in the order, tags of
 * the publisher and the label that it counts for, its size. So what is there is known again after a restart by reading
 * the folder, without a database. When there are too many, they make room for each other as events do (`EventBuffer`).
 */
export class EventPictureFiles implements EventPictures {
  readonly #parts: EventPictureParts
  readonly #queue = new SerialQueue()
  readonly #stored: EventBuffer<StoredFile>
  readonly #stopExpiring: () => void
  #retention: Retention
  #last: FrameId | undefined
  /** The number of the first picture of a millisecond. */
  readonly #first = randomInt(1, 1e9)
  /** The bytes that wait for the disk, by publisher. */
  readonly #waiting: Quota
  /** Whether it is known what is there: before that nothing is stored, or it would be too much together. */
  #isRead = false
  #isFailing = false
  #isClosed = false

  constructor(parts: EventPictureParts) {
    const { clock, log, rules } = parts
    this.#parts = parts
    this.#retention = new Retention(clock, undefined)
    this.#waiting = new Quota({ max: rules.waitingBytes, share: rules.waitingBytes / 2 })
    this.#stored = new EventBuffer({ size: Number.POSITIVE_INFINITY, bytes: rules.bytes })
    void this.#queue
      .run(() => this.#readFolder())
      .catch((error) => {
        log.error({ err: error, folder: rules.folder }, 'the pictures of events cannot be read')
      })
    const expire = () => this.#remove(this.#stored.dropBefore(this.#retention.now() - rules.age))
    this.#stopExpiring = every(clock, EXPIRE_MS, () => void this.#queue.run(expire))
  }

  async save(image: EncodedImage, owner: PictureOwner): Promise<EventPicture | undefined> {
    const { clock, counters, rules } = this.#parts
    const size = image.bytes.length
    if (this.#isClosed || spaceOf(size) > rules.bytes) return undefined
    const { publisher } = owner
    if (this.#waiting.take(publisher, size)) {
      counters.limited('events.picture_waiting_bytes')
      return undefined
    }
    const saved = this.#queue.run(() => this.#save(image, owner)).finally(() => this.#waiting.give(publisher, size))
    return inTime<EventPicture | undefined>(clock, PATIENCE_MS, saved, () => undefined)
  }

  async find({ id, mediaType }: EventPicture): Promise<StoredPicture | undefined> {
    const name = `${id}.${EXTENSIONS[mediaType]}`
    const size = Number(NAME.exec(name)?.[4])
    if (Number.isNaN(size)) return undefined
    const path = join(this.#parts.rules.folder, name)
    const file = await lstat(path).catch(ifMissing)
    // After a power failure a file may be there without its bytes.
    if (!file?.isFile() || file.size !== size) return undefined
    return { mediaType, size, read: () => readPicture(path) }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stopExpiring()
    const written = this.#queue.run(async () => {})
    await inTime(this.#parts.clock, PATIENCE_MS, written, () => {})
  }

  async #save(image: EncodedImage, owner: PictureOwner): Promise<EventPicture | undefined> {
    const { log } = this.#parts
    try {
      const picture = await this.#write(image, owner)
      if (this.#isFailing) log.info({}, 'pictures of events are stored again')
      this.#isFailing = false
      return picture
    } catch (error) {
      if (!this.#isFailing) log.error({ err: error }, 'pictures of events cannot be stored')
      this.#isFailing = true
      return undefined
    }
  }

  async #write({ bytes, mediaType }: EncodedImage, { publisher, label }: PictureOwner): Promise<EventPicture> {
    const { clock, rules } = this.#parts
    await mkdir(rules.folder, { recursive: true, mode: 0o700 })
    if (!this.#isRead) await this.#readFolder()
    await this.#checkFree()
    const timestamp = clock.now()
    this.#last = this.#idAfter(this.#last, timestamp)
    const owner = { publisher: tagOf(publisher), label: tagOf(label) }
    const id = `${this.#last}-${owner.publisher}-${owner.label}-${bytes.length}`
    const name = `${id}.${EXTENSIONS[mediaType]}`
    await writeWhole(rules.folder, name, bytes)
    await this.#remove(this.#stored.add({ id: this.#last, timestamp, ...owner, name }, spaceOf(bytes.length)))
    return { id, mediaType }
  }

  /** An id that no other server has which uses the folder: they store the same picture in the same millisecond. */
  #idAfter(last: FrameId | undefined, now: number): FrameId {
    const next = nextFrameId(last, now)
    return next.endsWith('-0') ? `${Math.floor(now)}-${this.#first}` : next
  }

  async #checkFree(): Promise<void> {
    const { rules, freeBytesOf = freeBytes } = this.#parts
    if ((await freeBytesOf(rules.folder)) < rules.freeBytes)
      throw new Error(`less than ${rules.freeBytes} bytes of the disk are free (events.disk_free_bytes)`)
  }

  async #readFolder(): Promise<void> {
    const { clock, rules } = this.#parts
    const names = (await readdir(rules.folder).catch(ifMissing)) ?? []
    this.#isRead = true
    await clearUnfinished(rules.folder, names)
    const files = names.flatMap((name) => storedFile(name) ?? [])
    for (const { file, size } of files.sort((one, other) => one.ms - other.ms || one.seq - other.seq)) {
      this.#last = file.id
      await this.#remove(this.#stored.add(file, spaceOf(size)))
    }
    this.#retention = new Retention(clock, this.#last && parseFrameId(this.#last)?.ms)
  }

  async #remove(files: readonly Pick<StoredFile, 'name'>[]): Promise<void> {
    const { log, rules } = this.#parts
    for (const { name } of files) {
      try {
        await rm(join(rules.folder, name), { force: true })
      } catch (error) {
        log.error({ err: error, name }, 'the picture of an event could not be removed')
      }
    }
  }
}

/** Id, publisher, label, size, extension. */
const NAME = /^(\d+-\d+)-([0-9a-f]{8})-([0-9a-f]{8})-(\d+)\.(jpg|png|webp)$/

/** What the name of a file says; undefined if it is not one of ours. */
function storedFile(name: string) {
  const [, id = '', publisher, label, size] = NAME.exec(name) ?? []
  const place = parseFrameId(id)
  if (!place || !isFrameId(id)) return undefined
  return { file: { id, timestamp: place.ms, publisher, label, name }, size: Number(size), ...place }
}

/** A short name for a publisher or a label. Two may have the same by chance; then they have one share. */
function tagOf(text: string | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify(text ?? null))
    .digest('hex')
    .slice(0, 8)
}

/** What a file of so many bytes takes: whole blocks of the disk. */
function spaceOf(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES
}

/** How long the disk may take, ms. */
const PATIENCE_MS = 5000
const EXPIRE_MS = 3_600_000
const BLOCK_BYTES = 4096
