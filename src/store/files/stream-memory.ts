import { mkdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { RememberedStream } from '../../core/remembered-stream.ts'
import type { Stream } from '../../core/stream.ts'
import { streamId } from '../../core/stream-name.ts'
import type { StreamObserver } from '../../core/stream-observer.ts'
import { decodeRemembered, encodeRemembered } from '../../wire/remembered-streams.ts'
import { writeWhole } from './picture-file.ts'

/** What the memory needs. */
export interface StreamMemoryParts {
  readonly clock: Clock
  readonly log: Log
  /** The file. */
  readonly path: string
  /** How many streams are remembered at most: those seen last. */
  readonly max: number
  /** What is worth remembering now, of all streams. */
  readonly records: () => readonly RememberedStream[]
}

/**
 * Remembers in a file which streams there are, for the next start. It is written a few seconds after one has come or gone,
 * every few minutes while any goes on, and at the end; always as a whole, so that a crash leaves the one before. What cannot
 * be read or written is logged, and costs nothing but the memory.
 */
export class StreamMemory implements StreamObserver {
  readonly #parts: StreamMemoryParts
  /** The streams in the file, by `streamId`. */
  #written: ReadonlySet<string> = new Set()
  #text = ''
  #cancel: (() => void) | undefined
  /** When it is written next, monotonic ms. */
  #dueAt = Number.POSITIVE_INFINITY
  #writing: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(parts: StreamMemoryParts) {
    this.#parts = parts
  }

  /** What the file holds, and starts to write it again and again. */
  async open(): Promise<readonly RememberedStream[]> {
    const streams = (await this.#read()).slice(0, this.#parts.max)
    this.#written = idsOf(streams)
    this.#writeIn(SELDOM_MS)
    return streams
  }

  changed({ name, remembered }: Stream): void {
    if (!remembered && !this.#written.has(streamId(name))) this.#writeIn(SOON_MS)
  }

  forgotten({ name }: Stream): void {
    if (this.#written.has(streamId(name))) this.#writeIn(SOON_MS)
  }

  /** Writes what there is now, a last time. */
  close(): Promise<void> {
    if (!this.#isClosed) this.#write()
    this.#isClosed = true
    this.#cancel?.()
    return this.#writing
  }

  /** What was begun to be written is written. */
  settled(): Promise<void> {
    return this.#writing
  }

  /** Writes after so long, or sooner if that is to be done already. */
  #writeIn(ms: number): void {
    const { clock } = this.#parts
    const dueAt = clock.monotonic() + ms
    if (this.#isClosed || dueAt >= this.#dueAt) return
    this.#cancel?.()
    this.#dueAt = dueAt
    this.#cancel = clock.after(ms, () => {
      this.#dueAt = Number.POSITIVE_INFINITY
      this.#write()
      this.#writeIn(SELDOM_MS)
    })
  }

  #write(): void {
    const { records, max } = this.#parts
    const newest = records().toSorted((a, b) => b.lastSeenAt - a.lastSeenAt)
    const streams = newest.slice(0, max)
    const text = encodeRemembered(streams)
    this.#written = idsOf(streams)
    if (text === this.#text) return
    this.#text = text
    this.#writing = this.#writing.then(() => this.#save(text))
  }

  async #save(text: string): Promise<void> {
    const { path, log } = this.#parts
    try {
      await mkdir(dirname(path), { recursive: true })
      await writeWhole(dirname(path), basename(path), new TextEncoder().encode(text))
    } catch (error) {
      // The next time it is tried again.
      this.#text = ''
      log.warn({ err: error, path }, 'which streams there are cannot be remembered for the next start')
    }
  }

  async #read(): Promise<readonly RememberedStream[]> {
    const { path, log } = this.#parts
    try {
      const { size } = await stat(path)
      const streams = size <= MAX_BYTES ? decodeRemembered(await readFile(path, 'utf8')) : undefined
      if (streams) return streams
      log.warn({ path }, 'the file of the streams that there were cannot be read; it is written anew')
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
        log.warn({ err: error, path }, 'the streams that there were before the start are not known')
    }
    return []
  }
}

/** After a stream has come or gone, ms. */
const SOON_MS = 5000
/** While nothing but the times of frames changes, ms. */
const SELDOM_MS = 300_000
/** A larger file is none of ours: names have 200 characters, and streams are few. */
const MAX_BYTES = 100_000_000

function idsOf(streams: readonly RememberedStream[]): ReadonlySet<string> {
  return new Set(streams.map(({ name }) => streamId(name)))
}
