import { toBase64 } from '../core/base64.ts'
import type { Counters, FlowCounter } from '../core/counters.ts'
import type { ImageFrame } from '../core/frame.ts'
import type { Hub } from '../core/hub.ts'
import type { Stream } from '../core/stream.ts'
import { SharedPacket } from '../wire/socket-io-packet.ts'
import { choosePictures } from './picture-choice.ts'

/** What the messages of all labels have in common. */
export interface LabelPicturesParts {
  readonly hub: Pick<Hub, 'pictures'>
  readonly counters: Pick<Counters, 'out' | 'limited'>
  /** The largest sum of the pictures in one message, in base64, bytes. */
  readonly maxMessageBytes: number
}

/** Of which label the messages are, and for whom. */
export interface LabelReaders {
  readonly label: string
  /** As of `Principal`. */
  readonly isPicturesOnly: boolean
}

/** A message, the same for all who get it. */
export interface UpdateMessage {
  readonly packet: SharedPacket
  /** Messages of one label are numbered in turn. */
  readonly number: number
  /** How many pictures it holds, and how many did not fit into it. */
  readonly chosen: number
  readonly missing: number
}

/** How far a reader has got with a label. */
export interface ReaderPlace {
  /** The news that it knows of. */
  news: number
  /** How many of the newest pictures it has not had yet. */
  missing: number
  /** The number of the message that it had last, and the turn in which that was. */
  number: number
  turn: number
  /** The streams of which it may not have the newest picture, which is from before it came, by their sequence then. */
  readonly awaited: Map<Stream, number>
  /** Where it is while there are such. */
  partly?: { readonly pictures: LabelPictures; readonly place: ReaderPlace } | undefined
}

/**
 * The first generation's `update` of one label: Socket.IO events with its newest pictures, for all who see the same
 * streams of it. Everybody gets at most one message in a turn, which is made when the first one gets it. If the pictures
 * do not fit into one, each message holds some of them, in turn, until every reader has had all.
 */
export class LabelPictures {
  /** Identifies the label and the streams. */
  readonly id: string
  readonly #readers: LabelReaders
  readonly #parts: LabelPicturesParts
  #streams: readonly Stream[]
  /** What was the newest picture of each stream in the last turn, by its number within the stream; 0: there was none. */
  #seen: readonly number[] = []
  /** How many times there were new pictures. */
  #news = 0
  #turn = 0
  #message: UpdateMessage | undefined
  #counted: readonly CountedPicture[] = []
  /** How many messages there were, and where the next one begins if they cannot hold all. */
  #number = 0
  #next = 0
  /** The same without some of the streams, by the keys of the others, for readers who await their next pictures. */
  readonly #without = new Map<string, LabelPictures>()

  /** @param streams those of the label that its readers see */
  constructor(id: string, readers: LabelReaders, streams: readonly Stream[], parts: LabelPicturesParts) {
    this.id = id
    this.#readers = readers
    this.#streams = streams
    this.#parts = parts
  }

  /** The place of a reader who has had nothing yet. */
  begin(): ReaderPlace {
    const awaited = this.#streams
      .filter(({ start }) => start === 'next')
      .map((stream) => [stream, stream.sequence] as const)
    return placeOf(new Map(awaited))
  }

  /** Whether these are its streams. */
  shows(streams: readonly Stream[]): boolean {
    return this.#streams.length === streams.length && this.#streams.every((stream, i) => stream === streams[i])
  }

  /** Its streams are these now: some were removed, and have come again. */
  follow(streams: readonly Stream[]): void {
    this.#streams = streams
    this.#seen = []
  }

  /**
   * The message of this turn for a reader, which counts as sent.
   * @param place changed by this
   * @returns undefined if there is nothing new for the reader, or it has had the message
   */
  take(place: ReaderPlace, turn: number): SharedPacket | undefined {
    this.#look(turn)
    if (this.#awaits(place)) return this.#takePartly(place, turn)
    place.partly = undefined
    if (place.news !== this.#news) {
      place.news = this.#news
      place.missing = ALL
    }
    if (place.missing === 0 || place.turn === turn) return undefined
    this.#message ??= this.#make()
    const { packet, number, chosen, missing } = this.#message
    // Who has missed a message may have missed any of the pictures.
    if (number !== place.number + 1) place.missing = ALL
    place.missing = Math.max(Math.min(place.missing, chosen + missing) - chosen, 0)
    place.number = number
    place.turn = turn
    if (chosen === 0) return undefined
    for (const { counter, bytes } of this.#counted) {
      counter.frames++
      counter.bytes += bytes
    }
    return packet
  }

  /** Forgets the message. Who still gets it in this turn is the first one again. */
  forgetMessage(): void {
    this.#message = undefined
    this.#counted = []
    for (const pictures of this.#without.values()) pictures.forgetMessage()
  }

  /** Whether there are streams of which the reader has to await the next picture. */
  #awaits({ awaited }: ReaderPlace): boolean {
    for (const [stream, before] of awaited) {
      const place = this.#streams.indexOf(stream)
      // As it was when the turn began: the message may have been made since, and hold that picture.
      if (place < 0 || (this.#seen[place] ?? 0) > before) awaited.delete(stream)
    }
    return awaited.size > 0
  }

  /** As `take`, of all other streams. */
  #takePartly(place: ReaderPlace, turn: number): SharedPacket | undefined {
    const streams = this.#streams.filter((stream) => !place.awaited.has(stream))
    const keys = streams.map(({ name }) => name.key).join('\0')
    let pictures = this.#without.get(keys)
    if (!pictures?.shows(streams)) {
      pictures = new LabelPictures(this.id, this.#readers, streams, this.#parts)
      this.#without.set(keys, pictures)
    }
    if (place.partly?.pictures !== pictures) place.partly = { pictures, place: placeOf(new Map()) }
    return pictures.take(place.partly.place, turn)
  }

  /** Looks for new pictures, once in each turn. */
  #look(turn: number): void {
    if (turn === this.#turn) return
    for (const [keys, pictures] of this.#without) if (pictures.#turn !== this.#turn) this.#without.delete(keys)
    this.#turn = turn
    this.forgetMessage()
    const seen = this.#streams.map((stream) => this.#newestOf(stream)?.sequence ?? 0)
    if (seen.length === this.#seen.length && seen.every((sequence, i) => sequence === this.#seen[i])) return
    this.#seen = seen
    this.#news++
  }

  #newestOf(stream: Stream): ImageFrame | undefined {
    return this.#parts.hub.pictures.newest(stream)
  }

  #make(): UpdateMessage {
    const { hub, counters, maxMessageBytes } = this.#parts
    const newest = this.#streams.flatMap((stream) => this.#newestOf(stream) ?? [])
    const frames = newest.map((frame) => hub.pictures.for(this.#readers, frame))
    const { chosen, next, missing } = choosePictures(frames, this.#next, maxMessageBytes, () =>
      counters.limited('labels.message_bytes'),
    )
    this.#next = next
    this.#counted = chosen.map(({ stream, byteLength: bytes }) => ({ counter: counters.out(stream, DIALECT), bytes }))
    const packet = new SharedPacket(['update', updateOf(this.#readers.label, chosen)])
    return { packet, number: ++this.#number, chosen: chosen.length, missing }
  }
}

/** The place of a reader who has had nothing yet. */
function placeOf(awaited: Map<Stream, number>): ReaderPlace {
  return { news: 0, missing: 0, number: 0, turn: 0, awaited }
}

/** What a label's messages are called in the metrics. */
export const DIALECT = 'updates'

/** More pictures than there are. */
const ALL = Number.POSITIVE_INFINITY

interface CountedPicture {
  readonly counter: FlowCounter
  readonly bytes: number
}

/** The data of the event. */
function updateOf(label: string, frames: readonly ImageFrame[]) {
  return {
    label,
    images: frames.map(({ payload }) => toBase64(payload.bytes)),
    image_names: frames.map(({ stream }) => stream.key),
  }
}
