import type { Clock } from '../../core/clock.ts'
import type { DeclareOptions } from '../../core/declared-stream.ts'
import { Refusal } from '../../core/errors.ts'
import type { SourceRun } from '../../core/pulled-source.ts'
import { type PictureChannel, type Pictures, pictureNames } from './picture-channels.ts'
import { PictureStream } from './picture-stream.ts'

/** What the streams of an instrument's pictures need. */
export interface PictureStreamsParts {
  readonly run: SourceRun
  readonly clock: Clock
  /** The label of all of them: the instrument's name. */
  readonly label: string
  readonly options: DeclareOptions
  /** How many streams whose channel is gone stay listed and say so; further ones go at once. */
  readonly maxGone: number
}

/** The streams of an instrument's pictures, which come and go as its channels do. */
export class PictureStreams {
  readonly #parts: PictureStreamsParts
  /** By their key. */
  readonly #streams = new Map<string, PictureStream>()
  /** The keys of those that are listed although their channel is gone, with when it went, monotonic ms. */
  readonly #gone = new Map<string, number>()
  #names: ReadonlySet<string> = new Set()
  /** Whether the channels are known, or these are the streams that there may be. */
  #areFound = false
  /** Those that the server has no room for. */
  #refused: readonly PictureChannel[] = []
  #refusal: string | undefined

  constructor(parts: PictureStreamsParts) {
    this.#parts = parts
  }

  /** Why some of them cannot be shown, if that is so. */
  get refusal(): string | undefined {
    return this.#refusal
  }

  /** The channels that are pictures. */
  get names(): ReadonlySet<string> {
    return this.#names
  }

  /** Declares streams of pictures that may come, so that it is seen why they do not. Those that are none after all go. */
  expect(pictures: Pictures): void {
    this.#declare(pictures)
  }

  /** Declares the streams of the pictures that the instrument sends, and withdraws all others. */
  show(pictures: Pictures): void {
    this.#declare(pictures)
    this.#areFound = true
  }

  /** Tries again to declare those that the server had no room for. */
  declareMissing(): void {
    const { run, clock, label, options } = this.#parts
    const refused: PictureChannel[] = []
    this.#refusal = undefined
    for (const channel of this.#refused) {
      const name = { label, key: channel.name }
      try {
        this.#streams.set(channel.name, new PictureStream(channel, name, run.declare(name, options), { run, clock }))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        refused.push(channel)
        this.#refusal = error.message
      }
    }
    this.#refused = refused
  }

  /** Those for which the pulse that is just coming in is wanted. */
  due(): readonly PictureStream[] {
    const due: PictureStream[] = []
    for (const stream of this.#streams.values()) if (stream.isDue) due.push(stream)
    return due
  }

  /** The streams that there are. */
  [Symbol.iterator](): Iterator<PictureStream> {
    return this.#streams.values()
  }

  #declare(pictures: Pictures): void {
    const { shown } = pictures
    this.#names = pictureNames(pictures)
    const wanted = new Map(shown.map((picture) => [picture.name, picture]))
    for (const [key, stream] of this.#streams) {
      const picture = wanted.get(key)
      if (picture) stream.channel = picture
      else {
        this.#streams.delete(key)
        stream.withdraw(this.#areFound && this.#mayStay(key) ? noLonger(key) : undefined)
      }
    }
    for (const { name } of shown) this.#gone.delete(name)
    this.#refused = shown.filter(({ name }) => !this.#streams.has(name))
    this.declareMissing()
  }

  /** A sender whose channels change all the time would take all places for streams. */
  #mayStay(key: string): boolean {
    const now = this.#parts.clock.monotonic()
    for (const [other, at] of this.#gone) if (now - at > GONE_LISTED_MS) this.#gone.delete(other)
    if (this.#gone.size >= this.#parts.maxGone) return false
    this.#gone.set(key, now)
    return true
  }
}

function noLonger(key: string): string {
  return `the instrument no longer sends the channel ${JSON.stringify(key)}`
}

/** After so long they are taken for forgotten. */
const GONE_LISTED_MS = 3_600_000
