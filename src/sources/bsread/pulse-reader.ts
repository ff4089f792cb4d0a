import type { InstrumentRules } from '../../core/instrument.ts'
import { BsreadError } from '../../wire/bsread/bsread-error.ts'
import type { ChannelReading } from '../../wire/bsread/channel-reading.ts'
import type { DataHeader } from '../../wire/bsread/data-header.ts'
import type { BsreadCommand } from '../../wire/bsread/main-header.ts'
import { BsreadDecoder, type BsreadHeaders, type BsreadMessage } from '../../wire/bsread/message.ts'
import type { ConnectionListener } from '../../zeromq/receiving-socket.ts'
import { metadataOf } from './channel-metadata.ts'
import { MessageChannels } from './message-channels.ts'
import { messageLimits } from './message-limits.ts'
import type { Measurements } from './picture-stream.ts'
import type { PictureStreams } from './picture-streams.ts'

/** What a pulse reader needs. */
export interface PulseReaderParts {
  readonly rules: InstrumentRules
  readonly streams: PictureStreams
  /** The last data header of any connection. */
  readonly lastDataHeader: DataHeader | undefined
  /** The headers of a pulse were read. */
  pulse(headers: BsreadHeaders): void
  /** A message was received or dropped. @param bytes its size */
  received(bytes: number): void
  /** A message was no valid one. @param reason a sentence for people */
  rejected(reason: string): void
  /** The sender says something to its receivers. */
  commanded(command: BsreadCommand['command']): void
  /** A picture was refused by the server. */
  refused(reason: string): void
}

/**
 * Reads the messages of one connection to an instrument: the headers of all, the rest only of those of which somebody wants
 * a picture. At most one message is held besides those that are just shown.
 */
export class PulseReader implements ConnectionListener {
  readonly #parts: PulseReaderParts
  readonly #decoder: BsreadDecoder
  /** Of the message that is coming in. */
  #headers: BsreadHeaders | undefined

  constructor(parts: PulseReaderParts) {
    this.#parts = parts
    this.#decoder = new BsreadDecoder(messageLimits(parts.rules), parts.lastDataHeader)
  }

  /** @param frames the main header and the data header */
  headers(frames: readonly Uint8Array[]): 'keep' | 'skip' {
    const headers = this.#orReject(() => this.#readHeaders(frames))
    if (!headers) return 'skip'
    this.#headers = headers
    this.#parts.pulse(headers)
    return this.#parts.streams.due().length > 0 ? 'keep' : 'skip'
  }

  message(frames: readonly Uint8Array[]): void {
    let bytes = 0
    for (const frame of frames) bytes += frame.length
    this.#parts.received(bytes)
    const headers = this.#headers
    this.#headers = undefined
    // One of a single frame has no headers yet: it is a command, or wrong.
    if (!headers) this.#orReject(() => this.#readHeaders(frames))
    else {
      const message = this.#orReject(
        () => this.#decoder.readValues(headers, frames),
        (reason) => {
          for (const stream of this.#parts.streams.due()) stream.missed(reason)
        },
      )
      if (message) this.#publish(message)
    }
  }

  skipped(bytes: number): void {
    this.#headers = undefined
    this.#parts.received(bytes)
  }

  #readHeaders([main = NO_BYTES, data]: readonly Uint8Array[]): BsreadHeaders | undefined {
    const headers = this.#decoder.readHeaders(main, data)
    if (headers.kind === 'headers') return headers
    this.#parts.commanded(headers.command)
    return undefined
  }

  #publish(message: BsreadMessage): void {
    const { streams, rules, refused } = this.#parts
    const pictures = new Map<string, ChannelReading>()
    const others: ChannelReading[] = []
    for (const reading of message.channels) {
      const { name } = reading.channel
      if (streams.names.has(name)) pictures.set(name, reading)
      else others.push(reading)
    }
    // Of the same pulse they all have the same.
    let measured: Measurements | undefined
    for (const stream of streams.due()) {
      const reading = pictures.get(stream.channel.name)
      if (!reading) continue
      measured ??= { metadata: metadataOf(others, rules), channels: new MessageChannels(others) }
      void stream.publish(message, reading, measured).then((reason) => reason !== undefined && refused(reason))
    }
  }

  #orReject<Result>(read: () => Result, rejected?: (reason: string) => void): Result | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof BsreadError)) throw error
      this.#parts.rejected(error.message)
      rejected?.(error.message)
      return undefined
    }
  }
}

const NO_BYTES = new Uint8Array(0)
